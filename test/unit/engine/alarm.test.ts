import { describe, expect, it } from 'vitest';
import { alarmLook } from '../../../shared/alarms.ts';
import { copyUnit } from '../../../shared/engine/copy.ts';
import { checkGates } from '../../../shared/engine/gates.ts';
import { unitsLeft } from '../../../shared/engine/left.ts';
import { StandingOrders } from '../../../shared/engine/standing-orders.ts';
import { type Bench, onBench } from './bench.ts';
import { items } from './cells.ts';

const WATCHED = { spec: { copy: { pauseOnAlarm: 'orders-latency' } }, source: items(20) };
const SECOND = 1_000;

/** An alarm of CloudWatch as a test sets it. */
class Alarm {
  state: boolean | undefined | Error = false;
  looks: string[] = [];

  fires = async (name: string): Promise<boolean | undefined> => {
    this.looks.push(name);
    if (this.state instanceof Error) throw this.state;
    return this.state;
  };
}

const looking = (bench: Bench, alarm: Alarm) =>
  new StandingOrders(bench.migration({ alarmFires: alarm.fires })).look();

describe('the alarm of a spec', () => {
  it('makes the workers stand aside while it fires', () =>
    onBench(async (bench) => {
      const alarm = new Alarm();
      const changes = { alarmFires: alarm.fires };
      alarm.state = true;
      expect(await copyUnit(bench.worker('copy', changes), 0)).toEqual({ done: false, aside: true });
      expect(await unitsLeft(bench.migration(changes), 'copy')).toMatchObject({ done: false });
      alarm.state = false;
      await bench.task.runtime.sleep(15 * SECOND);
      expect(await unitsLeft(bench.migration(changes), 'copy')).toMatchObject({ kind: 'work' });
      expect(await copyUnit(bench.worker('copy', changes), 0)).toEqual({ done: true });
      expect(new Set(alarm.looks)).toEqual(new Set(['orders-latency']));
    }, WATCHED));

  it('stops a worker in the middle of its unit', () =>
    onBench(async (bench) => {
      const alarm = new Alarm();
      const worker = bench.worker('copy', { alarmFires: alarm.fires });
      const { target } = worker.resources[0] as (typeof worker.resources)[0];
      const insertAbsent = target.insertAbsent.bind(target);
      target.insertAbsent = async (page) => {
        alarm.state = true;
        await bench.task.runtime.sleep(16 * SECOND);
        return insertAbsent(page);
      };
      expect(await copyUnit(worker, 0)).toEqual({ done: false, aside: true });
      expect(bench.target.items().length).toBeLessThan(20);
    }, WATCHED));

  it('is looked at by one of all workers, for all', () =>
    onBench(async (bench) => {
      const alarm = new Alarm();
      const tasks = Array.from({ length: 50 }, () =>
        bench.meanwhile(async (task) => {
          const orders = new StandingOrders(bench.migration({ alarmFires: alarm.fires }, { task }));
          for (let second = 0; second < 60; second++) {
            await orders.look();
            await task.runtime.sleep(SECOND);
          }
        }),
      );
      for (const task of tasks) await bench.task.join(task);
      expect(alarm.looks.length).toBeGreaterThanOrEqual(4);
      expect(alarm.looks.length).toBeLessThanOrEqual(5);
    }, WATCHED));

  it("stands as a veto where it can't be looked at", () =>
    onBench(async (bench) => {
      const alarm = new Alarm();
      alarm.state = new Error('Rate exceeded');
      const { alarm: seen } = await looking(bench, alarm);
      expect(seen).toMatchObject({ firing: true, unknown: 'Rate exceeded' });
      const answer = await copyUnit(bench.worker('copy', { alarmFires: alarm.fires }), 0);
      expect(answer).toEqual({ done: false, aside: true });
    }, WATCHED));

  it('vetoes nothing once somebody has deleted it', () =>
    onBench(async (bench) => {
      const alarm = new Alarm();
      alarm.state = undefined;
      expect(await copyUnit(bench.worker('copy', { alarmFires: alarm.fires }), 0)).toEqual({ done: true });
    }, WATCHED));

  it('keeps the gate of the pause shut, and says why', () =>
    onBench(async (bench) => {
      const alarm = new Alarm();
      alarm.state = true;
      const migration = bench.migration({ alarmFires: alarm.fires });
      const round = { complete: true, records: 0, keys: 0, repaired: 0, lagSeconds: 0, milliseconds: 1 };
      const gates = await checkGates({
        migration,
        round,
        mappings: [],
        targets: [],
        uploads: [],
        passive: { atTip: true },
      });
      expect(gates.find(({ name }) => name === 'pause')).toEqual({
        name: 'pause',
        holds: false,
        detail: expect.stringMatching(/^paused while the alarm orders-latency fires, since 20/),
      });
    }, WATCHED));

  it('is recorded when it pauses and when it is quiet again, and at no other look', () =>
    onBench(async (bench) => {
      const alarm = new Alarm();
      for (const state of [false, true, true, false, false]) {
        alarm.state = state;
        await looking(bench, alarm);
        await bench.task.runtime.sleep(15 * SECOND);
      }
      const actions = await bench.journal().actions.all();
      expect(actions).toMatchObject([
        {
          action: 'pause',
          by: 'alarm orders-latency',
          outcome: 'done',
          effect: expect.stringContaining('fires'),
        },
        {
          action: 'resume',
          by: 'alarm orders-latency',
          outcome: 'done',
          effect: expect.stringContaining('quiet'),
        },
      ]);
    }, WATCHED));

  it('is asked for nothing where the spec names none', () =>
    onBench(async (bench) => {
      const alarm = new Alarm();
      await looking(bench, alarm);
      expect(alarm.looks).toEqual([]);
    }));
});

describe('the look at CloudWatch', () => {
  const answers = (answer: object) =>
    alarmLook({
      send: async ({ input }: { input: object }) => {
        expect(input).toEqual({ AlarmNames: ['a'], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] });
        return answer;
      },
    } as never)('a');

  it.each([
    [{ MetricAlarms: [{ StateValue: 'ALARM' }] }, true],
    [{ MetricAlarms: [{ StateValue: 'OK' }], CompositeAlarms: [] }, false],
    [{ CompositeAlarms: [{ StateValue: 'ALARM' }] }, true],
    // Without data nobody knows of any harm.
    [{ MetricAlarms: [{ StateValue: 'INSUFFICIENT_DATA' }] }, false],
    [{ MetricAlarms: [], CompositeAlarms: [] }, undefined],
    [{}, undefined],
  ])('takes %j for %s', async (answer, firing) => {
    expect(await answers(answer)).toBe(firing);
  });
});
