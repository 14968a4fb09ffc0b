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
    await one.gate.create(1);
    await one.gate.take('copy', bench.now + 60_000);
    await one.lists.add('recheck', [{ resource: 0, key: { id: { S: 'a' } }, version: 'v' }]);
    expect(await other.fact('plan')).toBeUndefined();
    expect((await other.gate.read()).open).toBe(false);
    expect((await other.gate.permitsOut()).size).toBe(0);
    expect(await other.lists.all('recheck')).toEqual([]);
  }));

it('tells which migration a stream feeds', () =>
  onBench(async (bench) => {
    const bindings = new StreamBindings(bench.world.client(bench.task), 'journal');
    await bindings.bind('stream', { migration: 'm', resource: 2 });
    expect(await bindings.read('stream')).toMatchObject({ migration: 'm', resource: 2 });
    expect(await bindings.read('another')).toBeUndefined();
  }));
