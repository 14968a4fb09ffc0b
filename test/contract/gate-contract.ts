import { expect } from 'vitest';
import { CutoverGivenUpError, DirectionClosedError, PermanentError } from '../../shared/errors.ts';
import { assertPermitted, DirectionGate } from '../../shared/journal/gate.ts';
import { RecordTable } from '../../shared/journal/table.ts';
import { type Actor, type Bench, type Contract, later } from './judge.ts';
import { losingAnswer } from './lossy-client.ts';
import { createJournalTable } from './record-contract.ts';

const MINUTE = 60_000;
const SECONDS_OF_GRACE = 6_000;

/** A direction that is open, as each process sees it. */
async function openGate(bench: Bench): Promise<(actor?: Actor) => DirectionGate> {
  const table = await createJournalTable(bench);
  const gateOf = ({ client, runtime }: Actor = bench) =>
    new DirectionGate(new RecordTable(client, table), 'm', runtime);
  await gateOf().create(1);
  return gateOf;
}

/** The gate of a direction, and the permits to write its passive side. */
export function gateContract({ it, always }: Contract): void {
  it('is shut before it is made, open after, and made once', async (bench) => {
    const table = await createJournalTable(bench);
    const gate = new DirectionGate(new RecordTable(bench.client, table), 'm', bench.runtime);
    expect(await gate.read()).toMatchObject({ open: false, epoch: 0 });
    await expect(gate.take('copy', bench.runtime.now() + MINUTE)).rejects.toThrow(DirectionClosedError);
    await gate.create(1);
    await gate.move(false, 1);
    await gate.create(2);
    expect(await gate.read()).toMatchObject({ open: false, sealed: false, epoch: 1, floor: 0, revision: 2 });
  });

  it('moves from the revision that was seen, and from no other', async (bench) => {
    const gate = (await openGate(bench))();
    expect(await gate.move(false, 1)).toBe(2);
    for (const revision of [1, 3]) {
      await expect(gate.move(true, revision)).rejects.toThrow(CutoverGivenUpError);
      expect(await gate.read()).toMatchObject({ open: false, revision: 2 });
    }
    expect(await gate.move(true, 2)).toBe(3);
    expect(await gate.read()).toMatchObject({ open: true, revision: 3 });
  });

  it('has moved also when the answer was lost', async (bench) => {
    const gateOf = await openGate(bench);
    expect(await gateOf(losingAnswer(bench, 'UpdateItem')).move(false, 1)).toBe(2);
    expect(await gateOf().read()).toMatchObject({ open: false, revision: 2 });
  });

  it('gives a permit with epoch and floor while it is open, and none while it is shut', async (bench) => {
    const gate = (await openGate(bench))();
    await gate.publishFloor(17);
    const expiresAt = bench.runtime.now() + MINUTE;
    const permit = await gate.take('copy', expiresAt);
    expect(permit).toMatchObject({ epoch: 1, floor: 17, expiresAt });
    expect([...(await gate.permitsOut())]).toEqual([[permit.id, 'copy']]);
    await gate.give(permit, true);
    await gate.move(false, 1);
    await expect(gate.take('apply', expiresAt)).rejects.toThrow(DirectionClosedError);
    expect((await gate.permitsOut()).size).toBe(0);
  });

  it('gives the final recheck a permit while it is shut, at the revision that was seen', async (bench) => {
    const gate = (await openGate(bench))();
    const expiresAt = bench.runtime.now() + MINUTE;
    await expect(gate.take('recheck', expiresAt, 1)).rejects.toThrow(DirectionClosedError);
    await gate.move(false, 1);
    await expect(gate.take('recheck', expiresAt, 1)).rejects.toThrow(DirectionClosedError);
    const permit = await gate.take('recheck', expiresAt, 2);
    expect([...(await gate.permitsOut())]).toEqual([[permit.id, 'recheck']]);
  });

  it('knows every permit that is out', async (bench) => {
    const gate = (await openGate(bench))();
    const expiresAt = bench.runtime.now() + MINUTE;
    const permits = [];
    for (let taken = 0; taken < 30; taken++) permits.push(await gate.take('copy', expiresAt));
    expect([...(await gate.permitsOut()).keys()].sort()).toEqual(permits.map(({ id }) => id).sort());
    for (const permit of permits.slice(1)) await gate.give(permit, true);
    expect([...(await gate.permitsOut()).keys()]).toEqual([permits[0]?.id]);
  });

  it('counts a permit whose outcomes are open for as long as its requests may take effect', async (bench) => {
    const gateOf = await openGate(bench);
    const permit = await gateOf().take('copy', bench.runtime.now() + MINUTE);
    await gateOf().give(permit, false);
    expect((await gateOf().permitsOut()).size).toBe(1);
    expect((await gateOf(later(bench, SECONDS_OF_GRACE)).permitsOut()).size).toBe(0);
    await gateOf().give(permit, false);
    expect((await gateOf().permitsOut()).size).toBe(0);
  });

  it('counts the permit of a dead process until its time is over, and some more', async (bench) => {
    const gateOf = await openGate(bench);
    await gateOf().take('copy', bench.runtime.now() + MINUTE);
    expect((await gateOf(later(bench, MINUTE)).permitsOut()).size).toBe(1);
    expect((await gateOf(later(bench, MINUTE + SECONDS_OF_GRACE)).permitsOut()).size).toBe(0);
  });

  it('waits for the permits that are named, or for all, no longer than it may', async (bench) => {
    const gate = (await openGate(bench))();
    const expiresAt = bench.runtime.now() + MINUTE;
    const [first, second] = [await gate.take('copy', expiresAt), await gate.take('copy', expiresAt)];
    await gate.give(first, true);
    const soon = () => bench.runtime.now() + 60;
    expect(await gate.waitForPermits(soon(), new Set([first.id]))).toBe(true);
    expect(await gate.waitForPermits(soon(), new Set([second.id]))).toBe(false);
    expect(await gate.waitForPermits(soon())).toBe(false);
    await gate.give(second, true);
    expect(await gate.waitForPermits(soon())).toBe(true);
  });

  it('publishes a floor that never goes back', async (bench) => {
    const gate = (await openGate(bench))();
    for (const second of [5, 3, 9, 9, 1]) await gate.publishFloor(second);
    await gate.move(false, 1);
    expect(await gate.read()).toMatchObject({ floor: 9, revision: 2 });
  });

  it('stops who has outlived a permit', () => {
    const permit = { id: 'a', epoch: 1, floor: 0, expiresAt: 1_000 };
    expect(() => assertPermitted(permit, 999)).not.toThrow();
    expect(() => assertPermitted(permit, 1_000)).toThrow(PermanentError);
    return Promise.resolve();
  });

  always('a direction that was closed has no writer left, and lets none in', async (bench) => {
    const gateOf = await openGate(bench);
    let [writing, closed] = [0, false];
    const writer = async (actor: Actor) => {
      const gate = gateOf(actor);
      for (let turn = 0; turn < 3; turn++) {
        try {
          const permit = await gate.take('copy', actor.runtime.now() + MINUTE);
          writing++;
          expect(closed).toBe(false);
          await gate.read();
          writing--;
          await gate.give(permit, true);
        } catch (error) {
          if (!(error instanceof DirectionClosedError)) throw error;
        }
      }
    };
    const closer = async (actor: Actor) => {
      const gate = gateOf(actor);
      await gate.move(false, (await gate.read()).revision);
      expect(await gate.waitForPermits(actor.runtime.now() + MINUTE)).toBe(true);
      closed = true;
      expect(writing).toBe(0);
    };
    const results = await bench.together(writer, writer, writer, closer);
    expect(results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))).toEqual([]);
    expect((await gateOf().permitsOut()).size).toBe(0);
  });
}
