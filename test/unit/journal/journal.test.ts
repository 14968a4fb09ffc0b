import { expect, it } from 'vitest';
import { Journal, StreamBindings } from '../../../shared/journal/journal.ts';
import { type Bench, onBench } from '../engine/bench.ts';

const journalOf = (bench: Bench, migration: string) =>
  new Journal(bench.world.client(bench.task), 'journal', migration, bench.task.runtime);

it('keeps the first registration of a name', () =>
  onBench(async (bench) => {
    const journal = journalOf(bench, 'new');
    await journal.register({ identity: 'one', spec: bench.spec, createdAt: 1 });
    await journal.register({ identity: 'two', spec: bench.spec, createdAt: 2 });
    expect(await journal.identity()).toMatchObject({ schema: 1, identity: 'one', createdAt: 1 });
  }));

it('keeps a fact as it was last noted', () =>
  onBench(async (bench) => {
    const journal = journalOf(bench, 'new');
    await journal.noteFact('plan', { units: 1 });
    await journal.noteFact('plan', { units: 2, notes: ['x'] });
    expect(await journal.fact('plan')).toEqual({ units: 2, notes: ['x'] });
    expect(await journal.fact('other')).toBeUndefined();
  }));

it('finds facts by the beginning of their id, in its order', () =>
  onBench(async (bench) => {
    const journal = journalOf(bench, 'new');
    for (const id of ['backup#b', 'backup#a', 'plan']) await journal.noteFact(id, { id });
    expect([...(await journal.facts('backup#'))]).toEqual([
      ['backup#a', { id: 'backup#a' }],
      ['backup#b', { id: 'backup#b' }],
    ]);
  }));

it('keeps migrations apart', () =>
  onBench(async (bench) => {
    const [one, other] = [journalOf(bench, 'one'), journalOf(bench, 'one-more')];
    await one.noteFact('plan', { units: 1 });
    await one.gate.create();
    await one.gate.take('copy', bench.now + 60_000);
    await one.lists.add('recheck', [{ resource: 0, key: { id: { S: 'a' } }, version: 'v' }]);
    expect(await other.fact('plan')).toBeUndefined();
    expect((await other.gate.read()).open).toBe(false);
    expect((await other.gate.permitsOut()).size).toBe(0);
    expect(await other.lists.all('recheck')).toEqual([]);
  }));

it('knows the direction in which the migration is', () =>
  onBench(async (bench) => {
    expect((await journalOf(bench, 'new').atPresent()).epoch).toBe(1);
    bench.begin(3);
    expect((await bench.journal({ epoch: 1 }).atPresent()).epoch).toBe(3);
  }));

const ENTRY = { resource: 0, key: { id: { S: 'a' } }, version: 'v' };
const SAID = { by: 'Ada', at: 1 };

/** What belongs to one direction alone. */
const OWN: readonly {
  readonly what: string;
  readonly write: (journal: Journal) => Promise<void>;
  readonly read: (journal: Journal) => Promise<unknown>;
}[] = [
  {
    what: 'an approval',
    write: ({ coordinator }) => coordinator.approve(SAID),
    read: ({ coordinator }) => coordinator.approval(),
  },
  {
    what: 'the end of the migration',
    write: ({ coordinator }) => coordinator.end(SAID),
    read: ({ coordinator }) => coordinator.ending(),
  },
  {
    what: 'a listed key',
    write: ({ lists }) => lists.add('quarantine', [ENTRY]),
    read: async ({ lists }) => (await lists.all('quarantine'))[0],
  },
  {
    what: 'a fact of a direction',
    write: ({ direction }) => direction.noteFact('switch', SAID),
    read: ({ direction }) => direction.fact('switch'),
  },
  {
    what: 'facts of a direction by the beginning of their id',
    write: ({ direction }) => direction.noteFact('given-up#1', SAID),
    read: async ({ direction }) => [...(await direction.facts('given-up#')).values()][0],
  },
];

it.each(OWN)('keeps $what apart from that of another direction', ({ write, read }) =>
  onBench(async (bench) => {
    for (const epoch of [1, 2]) {
      await write(bench.journal({ epoch }));
      expect(await read(bench.journal({ epoch }))).toBeDefined();
      expect(await read(bench.journal({ epoch: epoch + 1 }))).toBeUndefined();
    }
  }),
);

it('withdraws the approval of one direction alone', () =>
  onBench(async (bench) => {
    const [first, second] = [1, 2].map((epoch) => bench.journal({ epoch }).coordinator);
    await first?.approve(SAID);
    await second?.approve(SAID);
    await second?.withdrawApproval();
    expect(await second?.approval()).toBeUndefined();
    expect(await first?.approval()).toMatchObject(SAID);
  }));

it('knows facts of the migration in every direction', () =>
  onBench(async (bench) => {
    await bench.journal({ epoch: 1 }).noteFact('plan', { units: 1 });
    expect(await bench.journal({ epoch: 2 }).fact('plan')).toEqual({ units: 1 });
  }));

it('tells which migration a stream feeds', () =>
  onBench(async (bench) => {
    const bindings = new StreamBindings(bench.world.client(bench.task), 'journal');
    await bindings.bind('stream', { migration: 'm', resource: 2, side: 'target' });
    expect(await bindings.read('stream')).toMatchObject({ migration: 'm', resource: 2, side: 'target' });
    expect(await bindings.read('another')).toBeUndefined();
  }));
