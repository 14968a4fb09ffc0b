import { expect } from 'vitest';
import { UnitLostError } from '../../shared/errors.ts';
import { RecordTable } from '../../shared/journal/table.ts';
import { sumCounts, Units } from '../../shared/journal/units.ts';
import type { Actor, Bench, Contract } from './judge.ts';
import { losingAnswer } from './lossy-client.ts';
import { createJournalTable } from './record-contract.ts';

async function unitsFor(bench: Bench): Promise<(actor?: Actor) => Units> {
  const table = await createJournalTable(bench);
  return ({ client }: Actor = bench) => new Units(new RecordTable(client, table), 'm');
}

/** A worker that was sent by a coordinator at a time. */
const lease = (holder: string, { coordinator = 1, now = 1_000 } = {}) => ({
  holder,
  coordinator,
  now,
  expiresAt: now + 1_000,
});

/** The leases of units: one holder at a time, with a term that only grows. */
export function unitContract({ it, always }: Contract): void {
  it('gives a free unit to the first worker that asks, and to no other while its lease lasts', async (bench) => {
    const units = (await unitsFor(bench))();
    expect(await units.take('copy', 3, lease('a'))).toMatchObject({ term: 1, holder: 'a', expiresAt: 2_000 });
    expect(await units.take('copy', 3, lease('b', { now: 2_000 }))).toBeUndefined();
    expect(await units.take('copy', 4, lease('b'))).toMatchObject({ term: 1, holder: 'b' });
    expect(await units.take('verify', 3, lease('b'))).toMatchObject({ term: 1, holder: 'b' });
  });

  it('gives it to another one when the lease is over, with the next term and the position', async (bench) => {
    const units = (await unitsFor(bench))();
    await units.take('copy', 0, lease('a'));
    await units.checkpoint(
      'copy',
      0,
      { term: 1, checkpoint: 1 },
      { position: 'here', counts: { copied: 5 }, done: false },
    );
    expect(await units.take('copy', 0, lease('b', { now: 2_001 }))).toMatchObject({
      term: 2,
      holder: 'b',
      position: 'here',
      counts: { copied: 5 },
      done: false,
    });
  });

  it('gives it at once to the worker of a later coordinator, and not to one of an earlier', async (bench) => {
    const units = (await unitsFor(bench))();
    await units.take('copy', 0, lease('a', { coordinator: 2 }));
    expect(await units.take('copy', 0, lease('b', { coordinator: 1 }))).toBeUndefined();
    expect(await units.take('copy', 0, lease('c', { coordinator: 2 }))).toBeUndefined();
    expect(await units.take('copy', 0, lease('d', { coordinator: 3 }))).toMatchObject({
      term: 2,
      holder: 'd',
    });
  });

  it('gives it at once when it was given back, but not when another one gave it back', async (bench) => {
    const units = (await unitsFor(bench))();
    await units.take('copy', 0, lease('a'));
    await units.release('copy', 0, 1);
    expect(await units.take('copy', 0, lease('b'))).toMatchObject({ term: 2 });
    await units.release('copy', 0, 1);
    expect(await units.take('copy', 0, lease('c'))).toBeUndefined();
  });

  it('lets a worker that lost its unit move nothing', async (bench) => {
    const units = (await unitsFor(bench))();
    await units.take('copy', 0, lease('a'));
    await units.checkpoint(
      'copy',
      0,
      { term: 1, checkpoint: 1 },
      { position: 'first', counts: {}, done: false },
    );
    await units.take('copy', 0, lease('b', { coordinator: 2 }));
    for (const state of [
      { position: 'zombie', counts: { copied: 9 }, done: false },
      { counts: { copied: 9 }, done: true },
    ])
      await expect(units.checkpoint('copy', 0, { term: 1, checkpoint: 1 }, state)).rejects.toThrow(
        UnitLostError,
      );
    expect(await units.records('copy', 1)).toMatchObject([{ term: 2, position: 'first', done: false }]);
  });

  it('drops the position of a unit that begins anew or is done', async (bench) => {
    const units = (await unitsFor(bench))();
    await units.take('copy', 0, lease('a'));
    await units.checkpoint(
      'copy',
      0,
      { term: 1, checkpoint: 1 },
      { position: 'here', counts: { copied: 1 }, done: false },
    );
    await units.checkpoint('copy', 0, { term: 1, checkpoint: 1 }, { counts: { copied: 2 }, done: true });
    const [record] = await units.records('copy', 1);
    expect(record).toMatchObject({ counts: { copied: 2 }, done: true });
    expect(record).not.toHaveProperty('position');
  });

  it('is not moved back by a checkpoint that was given up and takes effect late', async (bench) => {
    const units = (await unitsFor(bench))();
    await units.take('copy', 0, lease('a'));
    const late = { position: 'here', counts: {}, done: false };
    await units.checkpoint('copy', 0, { term: 1, checkpoint: 1 }, late);
    await units.checkpoint('copy', 0, { term: 1, checkpoint: 2 }, { counts: {}, done: true });
    await expect(units.checkpoint('copy', 0, { term: 1, checkpoint: 1 }, late)).rejects.toThrow(
      UnitLostError,
    );
    expect(await units.records('copy', 1)).toMatchObject([{ checkpoint: 2, done: true }]);
  });

  it('gives a unit also when the answer was lost: the term is the one that was taken', async (bench) => {
    const unitsOf = await unitsFor(bench);
    const lossy = unitsOf(losingAnswer(bench, 'UpdateItem'));
    const taken = await lossy.take('copy', 0, lease('a'));
    expect(taken).toMatchObject({ holder: 'a', term: 1 });
    await unitsOf().checkpoint(
      'copy',
      0,
      { term: taken?.term ?? 0, checkpoint: 1 },
      { counts: {}, done: true },
    );
  });

  it('shows the records of all units in their order, and sums their counters', async (bench) => {
    const units = (await unitsFor(bench))();
    for (const unit of [0, 7, 104]) {
      await units.take('copy', unit, lease('a'));
      await units.checkpoint(
        'copy',
        unit,
        { term: 1, checkpoint: 1 },
        { counts: { copied: unit, existing: 1 }, done: true },
      );
    }
    const records = await units.records('copy', 110);
    expect(records).toHaveLength(110);
    expect(records.flatMap((record, unit) => (record ? [unit] : []))).toEqual([0, 7, 104]);
    expect(sumCounts(records)).toEqual({ copied: 111, existing: 3 });
  });

  always('gives a unit to one of several that ask at once', async (bench) => {
    const unitsOf = await unitsFor(bench);
    const results = await bench.together(
      ...['a', 'b', 'c', 'd'].map(
        (holder) => (actor: Actor) => unitsOf(actor).take('copy', 0, lease(holder)),
      ),
    );
    const taken = results.flatMap((result) =>
      result.status === 'fulfilled' && result.value ? [result.value] : [],
    );
    expect(taken).toHaveLength(1);
    expect(await unitsOf().records('copy', 1)).toMatchObject([{ term: 1, holder: taken[0]?.holder }]);
  });

  always('lets a checkpoint count only before the unit is taken from its worker', async (bench) => {
    const unitsOf = await unitsFor(bench);
    await unitsOf().take('copy', 0, lease('a'));
    const [moved, taken] = await bench.together<unknown>(
      (actor) =>
        unitsOf(actor).checkpoint(
          'copy',
          0,
          { term: 1, checkpoint: 1 },
          { position: 'moved', counts: {}, done: false },
        ),
      (actor) => unitsOf(actor).take('copy', 0, lease('b', { coordinator: 2 })),
    );
    const position = moved?.status === 'fulfilled' ? 'moved' : undefined;
    expect(taken).toMatchObject({ status: 'fulfilled', value: { term: 2, ...(position && { position }) } });
    expect((await unitsOf().records('copy', 1))[0]?.position).toBe(position);
  });
}
