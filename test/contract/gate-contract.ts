import { TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { CutoverGivenUpError, DirectionClosedError, PermanentError } from '../../shared/errors.ts';
import { assertPermitted, DirectionGate, type NextDirection } from '../../shared/journal/gate.ts';
import { RecordTable } from '../../shared/journal/table.ts';
import { type Actor, type Bench, type Contract, later } from './judge.ts';
import { losingAnswer } from './lossy-client.ts';
import { createJournalTable } from './record-contract.ts';

const MINUTE = 60_000;
const SECONDS_OF_GRACE = 6_000;

const NEXT: NextDirection = { open: true, sealed: false, since: 5, floor: 9 };

type GateOf = (actor?: Actor, epoch?: number) => DirectionGate;

/** The first direction, open, as each process sees it that was made for one epoch. @default the first one */
async function openGate(bench: Bench): Promise<GateOf> {
  const table = await createJournalTable(bench);
  const gateOf: GateOf = ({ client, runtime } = bench, epoch = 1) =>
    new DirectionGate(new RecordTable(client, table), 'm', runtime, epoch);
  await gateOf().create();
  return gateOf;
}

/** Does what a switch does to the gate. */
function begin({ client }: Bench, gate: DirectionGate, revision: number, next = NEXT) {
  return client.send(
    new TransactWriteItemsCommand({ TransactItems: [{ Update: gate.next(revision, next) }] }),
  );
}

/** The same with the second direction begun. */
async function secondDirection(bench: Bench, next = NEXT): Promise<GateOf> {
  const gateOf = await openGate(bench);
  await begin(bench, gateOf(), await gateOf().move(false, 1), next);
  return gateOf;
}

/** When no direction follows. @returns the gate that would begin one, and the revision that it would begin it from */
const NO_NEXT: Readonly<
  Record<string, (bench: Bench, gateOf: GateOf) => Promise<readonly [DirectionGate, number]>>
> = {
  'while the gate is open': async (_bench, gateOf) => [gateOf(), 1],
  'from another revision': async (_bench, gateOf) => [gateOf(), (await gateOf().move(false, 1)) - 1],
  'for who was made for an earlier direction': async (bench, gateOf) => {
    const revision = await gateOf().move(false, 1);
    await begin(bench, gateOf(), revision, { ...NEXT, open: false });
    return [gateOf(), revision + 1];
  },
  'for who was made for a later direction': async (bench, gateOf) => [
    gateOf(bench, 2),
    await gateOf().move(false, 1),
  ],
  'once the gate is sealed': async (_bench, gateOf) => {
    await gateOf().seal(1);
    return [gateOf(), 2];
  },
};

/** The gate of a direction, and the permits to write its passive side. */
export function gateContract({ it, always }: Contract): void {
  it('is shut before it is made, open after, and made once', async (bench) => {
    const table = await createJournalTable(bench);
    const gate = new DirectionGate(new RecordTable(bench.client, table), 'm', bench.runtime, 1);
    expect(await gate.read()).toMatchObject({ open: false, sealed: false, epoch: 1, revision: 0 });
    await expect(gate.take('copy', bench.runtime.now() + MINUTE)).rejects.toThrow(DirectionClosedError);
    await gate.create();
    await gate.move(false, 1);
    await gate.create();
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

  it('begins the next direction as the switch says', async (bench) => {
    const gateOf = await openGate(bench);
    const revision = await gateOf().move(false, 1);
    await begin(bench, gateOf(), revision);
    expect(await gateOf().read()).toMatchObject({ ...NEXT, epoch: 2, revision: revision + 1 });
  });

  for (const [when, prepare] of Object.entries(NO_NEXT))
    it(`begins no direction ${when}`, async (bench) => {
      const gateOf = await openGate(bench);
      const [gate, revision] = await prepare(bench, gateOf);
      const before = await gate.read();
      await expect(begin(bench, gate, revision)).rejects.toThrow(TransactionCanceledException);
      expect(await gate.read()).toEqual(before);
    });

  it('is shut for good once it is sealed', async (bench) => {
    const gate = (await openGate(bench))();
    await gate.seal(1);
    expect(await gate.read()).toMatchObject({ open: false, sealed: true, epoch: 1, revision: 2 });
    await expect(gate.move(true, 2)).rejects.toThrow(CutoverGivenUpError);
    const expiresAt = bench.runtime.now() + MINUTE;
    for (const recheckOf of [undefined, 2])
      await expect(gate.take('repair', expiresAt, recheckOf)).rejects.toThrow(DirectionClosedError);
  });

  it('is sealed from the revision that was seen, and from no other', async (bench) => {
    const gate = (await openGate(bench))();
    await gate.move(false, 1);
    for (const revision of [1, 3]) await expect(gate.seal(revision)).rejects.toThrow(CutoverGivenUpError);
    expect(await gate.read()).toMatchObject({ sealed: false, revision: 2 });
  });

  it('is over when another direction has begun, or when it is sealed', async (bench) => {
    const gateOf = await openGate(bench);
    const second = gateOf(bench, 2);
    await gateOf().move(false, 1);
    expect(await gateOf().isOver()).toBe(false);
    await begin(bench, gateOf(), 2);
    expect([await gateOf().isOver(), await second.isOver()]).toEqual([true, false]);
    await second.seal(3);
    expect(await second.isOver()).toBe(true);
  });

  it('tells each permit the direction, where it began, and its floor', async (bench) => {
    const gateOf = await secondDirection(bench);
    const permit = await gateOf(bench, 2).take('apply', bench.runtime.now() + MINUTE);
    expect(permit).toMatchObject({ epoch: 2, since: NEXT.since, floor: NEXT.floor });
  });

  it('gives no permit to who was made for an earlier direction', async (bench) => {
    const gateOf = await secondDirection(bench);
    const expiresAt = bench.runtime.now() + MINUTE;
    await expect(gateOf().take('apply', expiresAt)).rejects.toThrow(DirectionClosedError);
    expect((await gateOf().permitsOut()).size).toBe(0);
  });

  it('gives no final recheck a permit that was made for an earlier direction', async (bench) => {
    const gateOf = await secondDirection(bench, { ...NEXT, open: false });
    const { revision } = await gateOf().read();
    const expiresAt = bench.runtime.now() + MINUTE;
    await expect(gateOf().take('recheck', expiresAt, revision)).rejects.toThrow(DirectionClosedError);
    await gateOf(bench, 2).take('recheck', expiresAt, revision);
  });

  it('publishes no floor of an earlier direction', async (bench) => {
    const gateOf = await secondDirection(bench);
    await gateOf().publishFloor(NEXT.floor + 1);
    expect((await gateOf().read()).floor).toBe(NEXT.floor);
    await gateOf(bench, 2).publishFloor(NEXT.floor + 1);
    expect((await gateOf().read()).floor).toBe(NEXT.floor + 1);
  });

  it('is not moved by who saw it in an earlier direction', async (bench) => {
    const gateOf = await openGate(bench);
    const seen = await gateOf().move(false, 1);
    await begin(bench, gateOf(), seen);
    for (const open of [true, false])
      await expect(gateOf().move(open, seen)).rejects.toThrow(CutoverGivenUpError);
    await expect(gateOf().seal(seen)).rejects.toThrow(CutoverGivenUpError);
    expect(await gateOf().read()).toMatchObject({ ...NEXT, revision: seen + 1 });
  });

  it('is not moved by who was made for an earlier direction, though he sees the present revision', async (bench) => {
    const gateOf = await secondDirection(bench);
    const before = await gateOf().read();
    for (const open of [true, false])
      await expect(gateOf().move(open, before.revision)).rejects.toThrow(CutoverGivenUpError);
    await expect(gateOf().seal(before.revision)).rejects.toThrow(CutoverGivenUpError);
    expect(await gateOf().read()).toEqual(before);
  });

  it('stops who has outlived a permit', () => {
    const permit = { id: 'a', epoch: 1, floor: 0, since: 0, expiresAt: 1_000 };
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
