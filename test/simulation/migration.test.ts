import { expect, it } from 'vitest';
import { explore } from './explore.ts';
import { runSchedule } from './schedule.ts';
import { settingOf } from './setting.ts';

const SCHEDULES = 25;
const MILLISECONDS = 120_000;

it(
  'a live table is moved in every schedule: nothing acknowledged is lost, nothing deleted is back',
  async () => {
    const coverage = await explore(SCHEDULES, (seed) => runSchedule(seed, settingOf(seed, 'migration')));
    for (const transition of [
      'route source → announced',
      'route announced → fenced',
      'route fenced → target',
      'route fenced → source',
      'invocation killed',
      'given up at close',
    ])
      expect(coverage[transition], transition).toBeGreaterThan(0);
    // A schedule that crawls decides nothing; most must.
    expect(coverage['route fenced → target']).toBeGreaterThan(SCHEDULES * 0.9);
  },
  MILLISECONDS,
);

it(
  'a schedule replays exactly',
  async () => {
    const [one, two] = [await runSchedule(7), await runSchedule(7)];
    expect(two.trace()).toEqual(one.trace());
  },
  MILLISECONDS,
);
