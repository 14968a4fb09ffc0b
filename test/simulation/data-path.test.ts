import { expect, it } from 'vitest';
import { explore } from './explore.ts';
import { runSchedule } from './schedule.ts';
import { settingOf } from './setting.ts';

const SCHEDULES = 2_000;

it('the data path converges in every schedule, whatever dies, is late, repeated or reordered', async () => {
  const coverage = await explore(SCHEDULES, (seed) => runSchedule(seed, settingOf(seed, 'data path')));
  for (const fault of [
    'redelivered',
    'duplicated',
    'invocationKilled',
    'lateEffect',
    'shardSplit',
    'unprocessed',
    'statementFailed',
    'lostAnswer',
  ])
    expect(coverage[fault], fault).toBeGreaterThan(0);
}, 120_000);
