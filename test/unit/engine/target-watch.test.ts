import { expect, it } from 'vitest';
import { TargetWatch } from '../../../shared/engine/target-watch.ts';
import { TableFitness } from '../../../shared/resources/tables/table-fitness.ts';
import { forTables } from '../../for-tables.ts';
import { description, FakeAccount } from '../resources/tables/fake-account.ts';
import { FakeMonitoring } from '../resources/tables/fake-monitoring.ts';
import { type Bench, onBench } from './bench.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WARM = { WarmThroughput: { ReadUnitsPerSecond: 100, WriteUnitsPerSecond: 100 } };
const INDEX = { IndexName: 'by-name' };

/** A target with an index that takes 100 units a second, and the traffic of a source. */
function scene(write?: number) {
  const account = new FakeAccount(
    description('source', { GlobalSecondaryIndexes: [INDEX] }),
    description('target', { ...WARM, GlobalSecondaryIndexes: [{ ...INDEX, ...WARM }] }),
  );
  const monitoring = new FakeMonitoring();
  if (write !== undefined) monitoring.measured.set(undefined, { write });
  const table = new TableFitness(account.asTables, monitoring.asMonitoring);
  return { account, monitoring, watch: new TargetWatch(forTables(table)) };
}

const look = async ({ watch }: ReturnType<typeof scene>, bench: Bench) =>
  (await watch.states(bench.migration()))[0];

it('holds where the target takes what was measured at the source', () =>
  onBench(async (bench) => {
    const { capacity, timeToLive } = (await look(scene(99), bench)) ?? {};
    expect(capacity).toEqual({
      holds: true,
      detail:
        'target: write 100/s (warm throughput), source up to 99/s; read 100/s (warm throughput), source not measured',
    });
    expect(timeToLive).toEqual({ holds: true, detail: 'off at target' });
  }));

it('holds where nothing was measured', () =>
  onBench(async (bench) => {
    expect(await look(scene(), bench)).toMatchObject({ capacity: { holds: true } });
  }));

it('does not hold where the target takes less, and says what raises it', () =>
  onBench(async (bench) => {
    const { capacity } = (await look(scene(101), bench)) ?? {};
    expect(capacity?.holds).toBe(false);
    expect(capacity?.detail).toMatch(/^target: write 100\/s .* --warm-throughput .*, or wait: .*3 hours/);
  }));

it('does not hold where an index takes less', () =>
  onBench(async (bench) => {
    const set = scene(1);
    set.monitoring.measured.set('by-name', { read: 101 });
    const { capacity } = (await look(set, bench)) ?? {};
    expect(capacity).toMatchObject({ holds: false });
    expect(capacity?.detail).toMatch(/^index by-name of target: read 100\/s/);
    expect(set.monitoring.asked[0]?.indexes).toEqual(['by-name']);
  }));

it('remembers for minutes what it saw, and for seconds what somebody is to change', () =>
  onBench(async (bench) => {
    const set = scene(101);
    await look(set, bench);
    set.account.change('target', { WarmThroughput: { ReadUnitsPerSecond: 100, WriteUnitsPerSecond: 200 } });
    expect(await look(set, bench)).toMatchObject({ capacity: { holds: false } });
    await bench.task.runtime.sleep(20_000);
    expect(await look(set, bench)).toMatchObject({ capacity: { holds: true } });
    await bench.task.runtime.sleep(4 * MINUTE);
    await look(set, bench);
    expect(set.monitoring.asked).toHaveLength(2);
    await bench.task.runtime.sleep(2 * MINUTE);
    await look(set, bench);
    expect(set.monitoring.asked).toHaveLength(3);
  }));

it('leaves out the time from copy to compare, and looks at three hours in all', () =>
  onBench(async (bench) => {
    const { coordinator } = bench.journal();
    const copyAt = bench.now;
    await coordinator.enter(1, 'copy', copyAt);
    await bench.task.runtime.sleep(5 * HOUR);
    await coordinator.enter(1, 'verify', bench.now);
    const comparedAt = bench.now;
    await coordinator.leave(1, 'verify', comparedAt);
    await bench.task.runtime.sleep(HOUR);

    const soon = scene(1);
    await look(soon, bench);
    expect(soon.monitoring.asked[0]?.spans).toEqual([
      { from: expect.closeTo(copyAt - 2 * HOUR, -4), to: copyAt },
      { from: comparedAt, to: expect.closeTo(comparedAt + HOUR, -4) },
    ]);

    await bench.task.runtime.sleep(24 * HOUR);
    const late = scene(1);
    await look(late, bench);
    expect(late.monitoring.asked[0]?.spans).toEqual([
      { from: expect.closeTo(bench.now - 3 * HOUR, -4), to: expect.closeTo(bench.now, -4) },
    ]);
  }));

it('does not hold again once time to live was on at the target: what expired is missing there', () =>
  onBench(async (bench) => {
    const set = scene(1);
    set.account.expiring.set('target', 'expiresAt');
    const { timeToLive } = (await look(set, bench)) ?? {};
    expect(timeToLive?.holds).toBe(false);
    expect(timeToLive?.detail).toMatch(/^it was on at target at 20.*'Enabled=false,AttributeName=expiresAt'/);
    set.account.expiring.clear();
    await bench.task.runtime.sleep(HOUR);
    expect(await look(set, bench)).toMatchObject({ timeToLive });
    expect(await look(scene(1), bench)).toMatchObject({ timeToLive });
  }));

it('holds, and says so, where the account refuses a look-up', () =>
  onBench(async (bench) => {
    const set = scene(101);
    set.monitoring.refused = true;
    set.account.refused.add('timeToLive');
    const states = await look(set, bench);
    expect(states).toMatchObject({ capacity: { holds: true }, timeToLive: { holds: true } });
    expect(states?.capacity.detail).toMatch(/^not checked: the capacity of target: .*refused/);
    expect(states?.timeToLive.detail).toMatch(/^not checked: time to live of target: .*refused/);
  }));
