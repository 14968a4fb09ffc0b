import { availableParallelism } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import { Terminal } from '../../infra/local/terminal.ts';
import { EXPECTED_COVERAGE, OBJECT_COVERAGE } from './coverage.ts';
import { missingCoverage } from './run/coverage-table.ts';
import { explore } from './run/explore.ts';
import { Pool } from './run/pool.ts';
import { progressText } from './run/progress.ts';
import { Tally } from './run/tally.ts';
import type { Scenario } from './setting.ts';

const MILLISECONDS = 1_800_000;

const RUNS: readonly {
  readonly what: string;
  readonly schedules: number;
  readonly scenario?: Scenario;
  readonly groups: typeof EXPECTED_COVERAGE;
}[] = [
  { what: 'tables', schedules: 20_000, groups: EXPECTED_COVERAGE },
  { what: 'the data path of objects', schedules: 3_000, scenario: 'bucket', groups: OBJECT_COVERAGE },
  { what: 'migrations of objects', schedules: 2_000, scenario: 'bucket migration', groups: OBJECT_COVERAGE },
];

describe.each(RUNS)('$schedules schedules of $what', ({ schedules, scenario, groups }) => {
  const tally = new Tally();

  beforeAll(async () => {
    const terminal = new Terminal();
    const startedAt = performance.now();
    await using pool = new Pool({ threads: availableParallelism() });
    const onOutcome = () =>
      terminal.live(
        'simulation',
        progressText({ ...tally, of: schedules, seconds: (performance.now() - startedAt) / 1000 }),
      );
    await explore({ pool, tally, from: 1, schedules, scenario, onOutcome });
  }, MILLISECONDS);

  it('violate no invariant, whatever dies, is late, repeated or reordered', () => {
    expect(
      [...tally.divergences.values()].map(({ kind, seeds, example }) => ({
        kind,
        seeds,
        violation: example.violations[0],
      })),
    ).toEqual([]);
    expect(tally.schedules).toBe(schedules);
  });

  it('meet every fault and every transition', () => {
    expect(missingCoverage({ coverage: tally.coverage, groups, scenario })).toEqual([]);
  });
});
