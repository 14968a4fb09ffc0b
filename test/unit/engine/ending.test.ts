import { expect, it } from 'vitest';
import { copyUnit } from '../../../shared/engine/copy.ts';
import { endingTurn } from '../../../shared/engine/ending.ts';
import { type UnitsLeft, unitsLeft } from '../../../shared/engine/left.ts';
import { backUp, captureOn, prepareWayBack } from '../../../shared/engine/prepare.ts';
import { catchUp } from '../../../shared/engine/stand-by.ts';
import { sweepUnit } from '../../../shared/engine/sweep.ts';
import { verifyUnit } from '../../../shared/engine/verify.ts';
import { LeaseLostError } from '../../../shared/errors.ts';
import { StreamBindings } from '../../../shared/journal/journal.ts';
import type { Phase } from '../../../shared/phases.ts';
import { TableBackups } from '../../../shared/resources/tables/table-backups.ts';
import { forTables } from '../../for-tables.ts';
import { description, FakeAccount, streamOf } from '../resources/tables/fake-account.ts';
import { type Bench, NAME, onBench, RESERVED } from './bench.ts';
import { item, items } from './cells.ts';
import { hooked } from './hooks.ts';

const END = { done: true, next: 'end' };
const abort = (bench: Bench) => bench.journal().coordinator.end({ by: 'Ada', at: bench.now });
const phase = async (bench: Bench) => (await bench.journal().coordinator.read())?.phase;
const account = () =>
  new FakeAccount(description('source', streamOf('s')), description('target', streamOf('t')));
const capture = (bench: Bench) => ({
  bindings: forTables(new StreamBindings(bench.world.client(bench.task), 'journal')),
  captures: account().captures,
});

/** Every turn before a migration stands by. */
const TURNS: Readonly<Partial<Record<Phase, (bench: Bench) => Promise<object>>>> = {
  backup: (bench) => backUp(bench.migration(), forTables(new TableBackups(account().asTables))),
  capture: (bench) => captureOn(bench.migration(), capture(bench)),
  copy: (bench) => unitsLeft(bench.migration(), 'copy'),
  'catch-up': (bench) => catchUp(bench.migration()),
  verify: (bench) => unitsLeft(bench.migration(), 'verify'),
  'way-back': (bench) => prepareWayBack(bench.migration(), capture(bench)),
};

it.each(Object.entries(TURNS))('a person ends a migration in %s', (name, turn) =>
  onBench(async (bench) => {
    await bench.journal().coordinator.enter(1, name as Phase, bench.now);
    await abort(bench);
    expect(await turn(bench)).toMatchObject(END);
    expect(await phase(bench)).toBe('sweep');
    expect(await bench.journal().gate.read()).toMatchObject({ open: false, sealed: true });
    // Started again, it goes straight on with its end.
    for (const again of Object.values(TURNS)) expect(await again(bench)).toMatchObject(END);
    expect(await phase(bench)).toBe('sweep');
  }),
);

it.each(Object.entries(TURNS))('%s goes on while nobody has said so', (name, turn) =>
  onBench(async (bench) => {
    await bench.journal().coordinator.enter(1, name as Phase, bench.now);
    expect(await turn(bench)).not.toHaveProperty('next');
    expect((await bench.journal().gate.read()).sealed).toBe(false);
  }),
);

it.each(['ready', 'drain', 'reverse'] as const)('in %s it is left to the stand-by', (name) =>
  onBench(async (bench) => {
    await bench.journal().coordinator.enter(1, name, bench.now);
    await abort(bench);
    expect(await endingTurn(bench.migration())).toBeUndefined();
  }),
);

it('is not closed for a coordinator whose term is over', () =>
  onBench(async (bench) => {
    await abort(bench);
    await bench.journal().coordinator.take('execution 2', 'execution 1');
    await expect(endingTurn(bench.migration())).rejects.toThrow(LeaseLostError);
  }));

it('a direction that has not begun does not begin any more', () =>
  onBench(async (bench) => {
    bench.world.table('journal').remove({ pk: { S: `gate#${NAME}` }, sk: { S: 'gate' } });
    const { gate } = bench.journal();
    await gate.seal(0);
    await gate.create();
    expect(await gate.read()).toMatchObject({ open: false, sealed: true });
  }));

it.each([
  ['copied', copyUnit, 'copy', 'insertAbsent'],
  ['compared', verifyUnit, 'verify', 'scan'],
] as const)('what is being %s stops after its step, and what was written is swept', (_, work, name, call) =>
  onBench(
    async (bench) => {
      bench.source.load([item('k000', 'changed')]);
      await bench.deliver();
      const slow = hooked(bench.resource(), 'target', call, async (page) => {
        if (page === 1) await abort(bench);
        await bench.task.runtime.sleep(5_000);
      });
      const answer = await work(bench.worker(name, { resources: [slow] }), 0);
      expect(answer).toEqual({ done: false, aside: true });
      expect(await unitsLeft(bench.migration(), name)).toMatchObject(END);

      const left = await unitsLeft(bench.migration(), 'sweep');
      for (const unit of (left as UnitsLeft).units)
        expect(await sweepUnit(bench.worker('sweep'), unit)).toEqual({ done: true });
      expect(bench.target.items().some((one) => RESERVED in one)).toBe(false);
      expect(bench.source.items()).toHaveLength(300);
    },
    { source: items(300) },
  ),
);

it('waits for a worker that has a permit still', () =>
  onBench(async (bench) => {
    const permit = await bench.journal().gate.take('copy', bench.now + 60_000);
    await abort(bench);
    expect(await endingTurn(bench.migration())).toMatchObject({ done: false });
    await bench.journal().gate.give(permit, true);
    expect(await endingTurn(bench.migration())).toMatchObject(END);
  }));
