import { expect } from 'vitest';
import { Journal } from '../../shared/journal/journal.ts';
import type { Actor, Bench, Contract } from './judge.ts';
import { losingAnswer } from './lossy-client.ts';
import { createJournalTable } from './record-contract.ts';

const SAID = { by: 'ada', at: 1_000 };

async function journalFor(bench: Bench): Promise<(actor?: Actor) => Journal> {
  const table = await createJournalTable(bench);
  return ({ client, runtime }: Actor = bench) => new Journal(client, table, 'm', runtime);
}

/** What people say of a migration, the budget that its workers share, and the record of what was done to it. */
export function steeringContract({ it, always }: Contract): void {
  it('keeps pause, postponement and pace beside each other, in one record', async (bench) => {
    const { controls } = (await journalFor(bench))();
    expect(await controls.read()).toEqual({});
    const postponement = { ...SAID, until: 5_000, epoch: 1 };
    const pace = { ...SAID, limits: { writeUnits: 500, readUnits: undefined } };
    await controls.pause(SAID);
    await controls.pause({ by: 'grace', at: 2_000 });
    await controls.postpone(postponement);
    await controls.setPace(pace);
    expect(await controls.read()).toMatchObject({
      paused: SAID,
      postponement,
      pace: { ...SAID, limits: { writeUnits: 500 } },
    });
    await controls.resume();
    expect(await controls.read()).not.toHaveProperty('paused');
    await controls.pause({ by: 'grace', at: 2_000 });
    expect((await controls.read()).paused).toEqual({ by: 'grace', at: 2_000 });
  });

  it('lets each word follow the one before, so that a late request undoes nothing', async (bench) => {
    const { controls } = (await journalFor(bench))();
    await controls.pause(SAID);
    const seen = await controls.read();
    await controls.resume(seen);
    expect(await controls.read()).not.toHaveProperty('paused');
    // It saw the pause that is over: it looks again, and its word is the third.
    await controls.setPace({ ...SAID, limits: { workers: 1 } }, seen);
    expect(await controls.read()).toMatchObject({ words: 3, pace: { limits: { workers: 1 } } });
  });

  it('slows each kind of capacity once in five seconds', async (bench) => {
    const { controls } = (await journalFor(bench))();
    const slow = (at: number) => ({ at, unitsPerSecond: at, fromUnitsPerSecond: 10_000, scope: 'table' });
    await controls.slow('write', slow(1_000));
    await controls.slow('write', slow(5_999));
    await controls.slow('read', slow(2_000));
    expect(await controls.read()).toMatchObject({
      slowdownOfWrite: slow(1_000),
      slowdownOfRead: slow(2_000),
    });
    await controls.slow('write', slow(6_000));
    expect((await controls.read()).slowdownOfWrite).toEqual(slow(6_000));
  });

  always('lets one of many look at the alarm', async (bench) => {
    const journalOf = await journalFor(bench);
    const claims = await bench.together(
      ...['a', 'b', 'c'].map(() => (actor: Actor) => journalOf(actor).controls.claimAlarmLook(20_000, 5_000)),
    );
    expect(claims.filter((claim) => claim.status === 'fulfilled' && claim.value)).toHaveLength(1);
  });

  it('leases spans of time that follow each other', async (bench) => {
    const { budget } = (await journalFor(bench))();
    const take = (units: number, now: number, latest = now + 5_000) =>
      budget.take('write', { units, unitsPerSecond: 10, now, latest });
    expect(await take(20, 1_000)).toEqual({ kind: 'taken', startsAt: 1_000 });
    expect(await take(50, 1_500)).toEqual({ kind: 'taken', startsAt: 3_000 });
    expect(await take(1, 2_000)).toEqual({ kind: 'none', freeAt: 8_000 });
    expect(await take(1, 3_000)).toEqual({ kind: 'taken', startsAt: 8_000 });
    await budget.giveBack('write', { units: 50, unitsPerSecond: 10 });
    expect(await take(1, 3_000)).toEqual({ kind: 'taken', startsAt: 3_100 });
    // Time that nobody has used is not saved.
    expect(await take(1, 60_000)).toEqual({ kind: 'taken', startsAt: 60_000 });
    expect(await budget.take('read', { units: 1, unitsPerSecond: 1, now: 9, latest: 9 })).toMatchObject({
      startsAt: 9,
    });
  });

  always('leases no span of time twice', async (bench) => {
    const journalOf = await journalFor(bench);
    const leases = await bench.together(
      ...['a', 'b', 'c', 'd'].map(
        () => (actor: Actor) =>
          journalOf(actor).budget.take('read', { units: 10, unitsPerSecond: 10, now: 1_000, latest: 9_000 }),
      ),
    );
    const starts = leases.flatMap((lease) =>
      lease.status === 'fulfilled' && lease.value.kind === 'taken' ? [lease.value.startsAt] : [],
    );
    expect(new Set(starts).size).toBe(starts.length);
    for (const start of starts) expect((start - 1_000) % 1_000).toBe(0);
  });

  it('keeps every action in the order in which it was given, and its last word', async (bench) => {
    const { actions } = (await journalFor(bench))();
    const action = (id: string, at: number) => ({
      id,
      at,
      by: 'ada',
      action: 'pace',
      parameters: { workers: 2 },
    });
    await actions.note({ ...action('b', 1), outcome: 'begun' });
    await actions.note({ ...action('a', 2), outcome: 'refused', effect: 'no' });
    await actions.note({ ...action('b', 1), outcome: 'done', effect: 'yes' });
    expect(await actions.all()).toEqual([
      { ...action('b', 1), outcome: 'done', effect: 'yes' },
      { ...action('a', 2), outcome: 'refused', effect: 'no' },
    ]);
    expect(await actions.find('a')).toMatchObject({ outcome: 'refused' });
    expect(await actions.find('c')).toBeUndefined();
  });

  it('lets somebody act upon what he has seen, also when the answer was lost', async (bench) => {
    const journalOf = await journalFor(bench);
    const { coordinator } = journalOf();
    await coordinator.take('an execution', undefined);
    expect(await coordinator.claim('one', 1)).toBe(true);
    expect(await coordinator.claim('two', 1)).toBe(false);
    const lossy = journalOf(losingAnswer(bench, 'UpdateItem')).coordinator;
    expect(await lossy.claim('three', 2)).toBe(true);
    expect(await coordinator.claim('four', undefined)).toBe(true);
    expect(await coordinator.read()).toMatchObject({ term: 1, revision: 4 });
  });
}
