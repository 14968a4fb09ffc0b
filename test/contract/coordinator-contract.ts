import { expect } from 'vitest';
import { LeaseLostError } from '../../shared/errors.ts';
import type { CutoverRecord } from '../../shared/journal/coordinator.ts';
import { Journal } from '../../shared/journal/journal.ts';
import { parseSpec } from '../../shared/spec.ts';
import type { Actor, Bench, Contract } from './judge.ts';
import { losingAnswer } from './lossy-client.ts';
import { createJournalTable } from './record-contract.ts';

/** A cutover that is announced. */
export const CUTOVER: CutoverRecord = {
  epoch: 1,
  attempt: 1,
  done: 'announce',
  routeRevision: 2,
  gateRevision: 3,
  announcedAt: 4,
  givenUp: 0,
};
const SPEC = parseSpec({
  name: 'm',
  resources: [{ source: { table: 'old' }, target: { table: 'new' } }],
});

async function journalFor(bench: Bench): Promise<(actor?: Actor) => Journal> {
  const table = await createJournalTable(bench);
  return ({ client, runtime }: Actor = bench) => new Journal(client, table, 'm', runtime);
}

/** Who steers a migration: one execution at a time, and what the journal keeps once. */
export function coordinatorContract({ it, always }: Contract): void {
  it('is the first execution that asks, with the same term however often it asks', async (bench) => {
    const { coordinator } = (await journalFor(bench))();
    const first = await coordinator.take('a', undefined);
    expect(first).toMatchObject({ term: 1, execution: 'a', phase: 'validate', revision: 1 });
    expect(await coordinator.take('a', undefined)).toEqual(first);
    expect(await coordinator.take('a', 'a')).toEqual(first);
    expect(await coordinator.take('b', undefined)).toBeUndefined();
    expect(await coordinator.read()).toEqual(first);
  });

  it('is replaced in the place of the one that was seen, with the next term, and the phase kept', async (bench) => {
    const { coordinator } = (await journalFor(bench))();
    await coordinator.take('a', undefined);
    await coordinator.enter(1, 'copy', 1_000);
    expect(await coordinator.take('c', 'b')).toBeUndefined();
    expect(await coordinator.take('b', 'a')).toMatchObject({ term: 2, execution: 'b', phase: 'copy' });
    expect(await coordinator.take('c', 'a')).toBeUndefined();
    await expect(coordinator.assertTerm(1)).rejects.toThrow(LeaseLostError);
    expect(await coordinator.assertTerm(2)).toMatchObject({ execution: 'b' });
  });

  it('is taken also when the answer was lost', async (bench) => {
    const journalOf = await journalFor(bench);
    const lossy = journalOf(losingAnswer(bench, 'UpdateItem')).coordinator;
    expect(await lossy.take('a', undefined)).toMatchObject({ term: 1, execution: 'a' });
  });

  it('changes nothing any more once it was replaced', async (bench) => {
    const { coordinator } = (await journalFor(bench))();
    await coordinator.take('a', undefined);
    await coordinator.noteCutover(1, CUTOVER);
    const record = await coordinator.take('b', 'a');
    await expect(coordinator.enter(1, 'switch', 1_000)).rejects.toThrow(LeaseLostError);
    await expect(coordinator.leave(1, 'switch', 1_000)).rejects.toThrow(LeaseLostError);
    await expect(coordinator.noteCutover(1, { ...CUTOVER, attempt: 9 })).rejects.toThrow(LeaseLostError);
    expect(await coordinator.read()).toEqual(record);
    expect(record).toMatchObject({ cutover: CUTOVER });
    expect(await coordinator.phaseTimes()).toEqual({});
  });

  it('keeps when a phase first began, last began and ended', async (bench) => {
    const { coordinator } = (await journalFor(bench))();
    await coordinator.take('a', undefined);
    for (const now of [1_000, 3_000]) await coordinator.enter(1, 'ready', now);
    await coordinator.leave(1, 'ready', 4_000);
    await coordinator.enter(1, 'announce', 4_000);
    const { ready, announce } = await coordinator.phaseTimes();
    expect(ready).toMatchObject({ startedAt: 1_000, enteredAt: 3_000, endedAt: 4_000 });
    expect(announce).toMatchObject({ startedAt: 4_000, enteredAt: 4_000 });
    expect(await coordinator.read()).toMatchObject({ phase: 'announce' });
  });

  it('keeps the first identity and the first approval', async (bench) => {
    const journal = (await journalFor(bench))();
    for (const [index, identity] of ['first', 'second'].entries()) {
      await journal.register({ identity, spec: SPEC, createdAt: index });
      await journal.coordinator.approve({ by: identity, at: index });
    }
    expect(await journal.identity()).toMatchObject({ identity: 'first', spec: SPEC, createdAt: 0 });
    expect(await journal.coordinator.approval()).toMatchObject({ by: 'first', at: 0 });
    await journal.coordinator.withdrawApproval();
    expect(await journal.coordinator.approval()).toBeUndefined();
  });

  always('is one of several executions that ask at once', async (bench) => {
    const journalOf = await journalFor(bench);
    await journalOf().coordinator.take('dead', undefined);
    const results = await bench.together(
      ...['a', 'b', 'c'].map(
        (execution) => (actor: Actor) => journalOf(actor).coordinator.take(execution, 'dead'),
      ),
    );
    const taken = results.flatMap((result) =>
      result.status === 'fulfilled' && result.value ? [result.value.execution] : [],
    );
    expect(taken).toHaveLength(1);
    expect(await journalOf().coordinator.read()).toMatchObject({ term: 2, execution: taken[0] });
  });
}
