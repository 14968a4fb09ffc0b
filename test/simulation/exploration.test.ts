import { availableParallelism } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import { Terminal } from '../../infra/local/terminal.ts';
import { EXPECTED_COVERAGE } from './coverage.ts';
import { missingCoverage } from './run/coverage-table.ts';
import { explore } from './run/explore.ts';
import { Pool } from './run/pool.ts';
import { progressText } from './run/progress.ts';
import { Tally } from './run/tally.ts';

const SCHEDULES = 20_000;
const MILLISECONDS = 1_800_000;

describe(`${SCHEDULES.toLocaleString('en-US')} schedules`, () => {
  const tally = new Tally();

  beforeAll(async () => {
    const terminal = new Terminal();
    const startedAt = performance.now();
    await using pool = new Pool({ threads: availableParallelism() });
    const onOutcome = () =>
      terminal.live(
        'simulation',
        progressText({ ...tally, of: SCHEDULES, seconds: (performance.now() - startedAt) / 1000 }),
      );
    await explore({ pool, tally, from: 1, schedules: SCHEDULES, onOutcome });
  }, MILLISECONDS);

  it('violate no invariant, whatever dies, is late, repeated or reordered', () => {
    expect(
      [...tally.divergences.values()].map(({ kind, seeds, example }) => ({
        kind,
        seeds,
        violation: example.violations[0],
      })),
    ).toEqual([]);
    expect(tally.schedules).toBe(SCHEDULES);
  });

  it('meet every fault and every transition', () => {
    expect(missingCoverage({ coverage: tally.coverage, groups: EXPECTED_COVERAGE })).toEqual([]);
  });
});
