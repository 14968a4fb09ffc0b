import { expect, it } from 'vitest';
import { LeaseLostError } from '../../../shared/errors.ts';
import { Coordinator } from '../../../shared/journal/coordinator.ts';
import { RecordTable } from '../../../shared/journal/table.ts';
import { CUTOVER } from '../../contract/coordinator-contract.ts';
import { losingAnswer } from '../../contract/lossy-client.ts';
import { type Bench, onBench } from '../engine/bench.ts';

/** The coordinator of a migration that nobody has begun; its first answer of a kind may be lost. */
function coordinator(bench: Bench, lost = 'nothing'): Coordinator {
  const { task, world } = bench;
  const actor = { client: world.client(task), streams: world.streamsClient(task), runtime: task.runtime };
  return new Coordinator(new RecordTable(losingAnswer(actor, lost).client, 'journal'), 'new', 1);
}

it('gives the first execution term 1, and each successor the next one', () =>
  onBench(async (bench) => {
    const taken = coordinator(bench);
    expect(await taken.take('first', undefined)).toMatchObject({ term: 1, phase: 'validate' });
    expect(await taken.take('second', 'first')).toMatchObject({ term: 2 });
    expect(await taken.take('third', 'second')).toMatchObject({ term: 3 });
  }));

it('lets an execution keep its term however often it asks', () =>
  onBench(async (bench) => {
    const taken = coordinator(bench);
    for (const predecessor of [undefined, undefined, 'first'])
      expect(await taken.take('first', predecessor)).toMatchObject({ term: 1 });
  }));

it('refuses an execution that another was faster than', () =>
  onBench(async (bench) => {
    const taken = coordinator(bench);
    await taken.take('first', undefined);
    await taken.take('second', 'first');
    expect(await taken.take('third', 'first')).toBeUndefined();
    expect(await taken.take('third', undefined)).toBeUndefined();
    expect(await taken.read()).toMatchObject({ execution: 'second', term: 2 });
  }));

it('knows its term when the answer was lost', () =>
  onBench(async (bench) => {
    expect(await coordinator(bench, 'UpdateItem').take('first', undefined)).toMatchObject({ term: 1 });
    expect(await coordinator(bench, 'UpdateItem').take('second', 'first')).toMatchObject({ term: 2 });
  }));

it('leaves phase and cutover to the successor as they stand', () =>
  onBench(async (bench) => {
    const taken = coordinator(bench);
    await taken.take('first', undefined);
    await taken.enter(1, 'fence', 1);
    await taken.noteCutover(1, CUTOVER);
    expect(await taken.take('second', 'first')).toMatchObject({ phase: 'fence', cutover: CUTOVER });
  }));

it.each([
  { what: 'begin a phase', act: (of: Coordinator) => of.enter(1, 'copy', 1) },
  { what: 'end a phase', act: (of: Coordinator) => of.leave(1, 'validate', 1) },
  { what: 'hand on a cutover', act: (of: Coordinator) => of.noteCutover(1, CUTOVER) },
  { what: 'hold its term', act: (of: Coordinator) => of.assertTerm(1) },
])('a coordinator that was replaced can no longer $what', ({ act }) =>
  onBench(async (bench) => {
    const taken = coordinator(bench);
    await taken.take('first', undefined);
    await taken.take('second', 'first');
    const before = await taken.read();
    await expect(act(taken)).rejects.toThrow(LeaseLostError);
    expect(await taken.read()).toEqual(before);
    expect(await taken.phaseTimes()).toEqual({});
  }),
);

it('a coordinator whose answer was lost has begun its phase', () =>
  onBench(async (bench) => {
    await coordinator(bench).take('first', undefined);
    await coordinator(bench, 'UpdateItem').enter(1, 'plan', 7);
    expect(await coordinator(bench).read()).toMatchObject({ phase: 'plan' });
    expect(await coordinator(bench).phaseTimes()).toEqual({
      plan: expect.objectContaining({ startedAt: 7, enteredAt: 7 }),
    });
  }));

it('remembers when a phase first began, and when it last did', () =>
  onBench(async (bench) => {
    const taken = coordinator(bench);
    await taken.take('first', undefined);
    await taken.enter(1, 'ready', 10);
    await taken.leave(1, 'ready', 15);
    await taken.enter(1, 'ready', 20);
    expect(await taken.phaseTimes()).toMatchObject({ ready: { startedAt: 10, enteredAt: 20, endedAt: 15 } });
  }));

it('keeps the first approval until it is withdrawn', () =>
  onBench(async (bench) => {
    const taken = coordinator(bench);
    await taken.approve({ by: 'Ada', at: 1 });
    await taken.approve({ by: 'Grace', at: 2 });
    expect(await taken.approval()).toMatchObject({ by: 'Ada', at: 1 });
    await taken.withdrawApproval();
    expect(await taken.approval()).toBeUndefined();
  }));

it('keeps who asked first for the end', () =>
  onBench(async (bench) => {
    const taken = coordinator(bench);
    await taken.end({ by: 'Ada', at: 1 });
    await taken.end({ by: 'Grace', at: 2 });
    expect(await taken.ending()).toMatchObject({ by: 'Ada', at: 1 });
  }));
