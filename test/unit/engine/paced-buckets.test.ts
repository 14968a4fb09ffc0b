import { expect, it } from 'vitest';
import { copyUnit } from '../../../shared/engine/copy.ts';
import { goOn, newRound, UNITS_AT_ONCE } from '../../../shared/engine/full-round.ts';
import { settleHints } from '../../../shared/engine/hint.ts';
import type { AuditedMigration, Resource, UnitMigration } from '../../../shared/engine/migration.ts';
import { Pacer } from '../../../shared/engine/pacer.ts';
import { repairUnversioned } from '../../../shared/engine/repair-unversioned.ts';
import type { Pace } from '../../../shared/journal/controls.ts';
import type { Meter } from '../../../shared/stores/meter.ts';
import { s3Store } from '../../../shared/stores/s3/s3.ts';
import { hooked } from '../../contract/s3/hooked-client.ts';
import { type Bench, onBench } from './bench.ts';

const SOURCE = { bucket: 'photos', prefix: 'a/' };
const TARGET = { bucket: 'photos-v2', prefix: 'b/' };
const OBJECTS = 100;
const INVOCATION_MILLISECONDS = 20_000;
/** None of what follows is asked of a table. */
const LONG_MILLISECONDS = 3_600_000;

/** A folder between two buckets, and how a migration moves it whose pace somebody has set. */
async function scene(bench: Bench, limits: Pace) {
  for (const { bucket } of [SOURCE, TARGET]) bench.world.createBucket({ name: bucket });
  for (let number = 0; number < OBJECTS; number++)
    bench.world.putObject(SOURCE.bucket, { key: `a/${number}`, body: `object ${number}` });
  await bench.journal().controls.setPace({ by: 'Ada', at: bench.now, limits });
  const { client, operations } = hooked(bench.world.s3Client(bench.task));
  const resource = (meter?: Meter): Resource => {
    const side = (location: typeof SOURCE, other: typeof SOURCE, uploads: 'source' | 'target') =>
      s3Store({ client, location, other, bounds: [], uploads: bench.journal().uploads(0, uploads), meter });
    return {
      index: 0,
      source: side(SOURCE, TARGET, 'source'),
      target: side(TARGET, SOURCE, 'target'),
      repair: repairUnversioned,
    };
  };
  const times = () => ({
    handoverAt: bench.now + INVOCATION_MILLISECONDS,
    deadline: bench.now + 1.5 * INVOCATION_MILLISECONDS,
  });
  return {
    operations,
    times,
    plain: (): AuditedMigration => bench.migration({ ...times(), resources: [resource()] }),
    worker(): UnitMigration {
      const migration = bench.migration(times());
      const pacer = new Pacer({ ...migration, phase: 'copy', workers: 1 });
      return { ...migration, pacer, resources: [resource(pacer)] };
    },
    auditor(): AuditedMigration {
      const migration = bench.migration({ ...times(), resources: [resource()] });
      const pacer = new Pacer({ ...migration, phase: 'verify', alone: UNITS_AT_ONCE });
      return { ...migration, paced: { pacer, resources: [resource(pacer)] } };
    },
    copied: () => bench.world.bucket(TARGET.bucket).objects().length,
    /** Everything until then is somebody else's. */
    takeAll: (milliseconds: number) =>
      bench.journal().budget.take('request', {
        units: milliseconds,
        unitsPerSecond: 1_000,
        now: bench.now,
        latest: bench.now,
      }),
  };
}

it('a bucket is copied at the pace that is set, by one invocation after the other', () =>
  onBench(async (bench) => {
    const requestsPerSecond = 10;
    const { worker, copied, operations } = await scene(bench, { workers: 1, requestsPerSecond });
    const began = bench.now;
    let invocations = 0;
    for (let done = false; !done; invocations++) ({ done } = await copyUnit(worker(), 0));
    expect(copied()).toBe(OBJECTS);
    const seconds = (bench.now - began) / 1_000;
    // He is ahead of it by one lease at the most, and waits for nothing else.
    expect(operations.length).toBeGreaterThanOrEqual(2 * OBJECTS);
    expect(operations.length).toBeLessThanOrEqual(requestsPerSecond * (seconds + 5));
    expect(operations.length).toBeGreaterThan(0.7 * requestsPerSecond * seconds);
    expect(invocations).toBeGreaterThan(1);
    const [record] = await bench.journal().units.records('copy', 1);
    // What the last step of an invocation has sent is not written down where it was left.
    expect(record?.counts?.requests).toBeGreaterThan(0.8 * operations.length);
    expect(record?.counts?.requests).toBeLessThanOrEqual(operations.length);
  }));

it('the last comparison before a cutover keeps to the pace, and goes on where it has waited for too long', () =>
  onBench(async (bench) => {
    const { auditor, copied, takeAll } = await scene(bench, { requestsPerSecond: 1_000 });
    await takeAll(2 * LONG_MILLISECONDS);
    const permit = await bench.journal().gate.take('repair', bench.now + 10 * LONG_MILLISECONDS);
    const first = auditor();
    const began = bench.now;
    const left = await goOn(first, newRound([0], bench.now), permit, first.handoverAt);
    expect(left).toMatchObject({ done: false, keys: 0, open: { 0: { done: false } }, waiting: [] });
    expect(bench.now - began).toBeLessThan(1.5 * INVOCATION_MILLISECONDS);
    expect(copied()).toBe(0);
    await bench.task.runtime.sleep(2 * LONG_MILLISECONDS);
    let round = left;
    while (!round.done) {
      const next = auditor();
      round = await goOn(next, round, permit, next.handoverAt);
    }
    expect(round).toMatchObject({ done: true, keys: OBJECTS, repaired: OBJECTS });
    expect(copied()).toBe(OBJECTS);
  }));

it('what events of a bucket name is settled at once, whatever the pace', () =>
  onBench(async (bench) => {
    const { plain, copied, takeAll } = await scene(bench, {
      requestsPerSecond: 1,
      megabytesPerSecond: 0.000_01,
    });
    await takeAll(LONG_MILLISECONDS);
    const began = bench.now;
    const migration = plain();
    const keys = Array.from({ length: OBJECTS }, (_, number) => ({ key: { S: String(number) } }));
    await settleHints(migration, migration.resources[0] as Resource, {
      side: 'source',
      changes: keys.map((key) => ({ key, at: began, by: 'anybody' })),
    });
    expect(copied()).toBe(OBJECTS);
    expect(bench.now - began).toBeLessThan(10_000);
  }));
