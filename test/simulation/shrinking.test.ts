import { expect, it } from 'vitest';
import { Pool } from './run/pool.ts';
import { relevantTrace } from './run/relevant-trace.ts';
import { mutantOf, runMutant } from './run/run-mutant.ts';
import { shrink } from './run/shrink.ts';
import { violatedKeys, violationKind } from './run/violation.ts';
import { settingOf, simplerSettings } from './setting.ts';

const MUTANT = 'change-without-condition';

it('a failing schedule is shrunken to a simpler one that fails alike, with a trace that a person can read', async () => {
  const { scenario } = mutantOf(MUTANT);
  await using sound = new Pool({ threads: 1 });
  const { seed = 0 } = await runMutant(MUTANT, { enough: 1, sound });
  await using pool = new Pool({ mutant: MUTANT });
  const failed = await pool.run({ seed, setting: settingOf(seed, scenario) });
  const kind = violationKind(failed.violations[0] ?? '');
  const shrunken = await shrink({
    failed,
    kind,
    run: (job) => pool.run(job),
    simpler: simplerSettings,
    together: pool.threads,
    budget: 500,
  });
  const best = shrunken?.best ?? failed;
  expect(best.violations.map(violationKind)).toContain(kind);
  expect(best.steps).toBeLessThanOrEqual(failed.steps);
  expect(simplerSettings(best.setting).length).toBeLessThan(simplerSettings(failed.setting).length);

  const { trace, violations } = await pool.run({ ...best, traced: true });
  expect(violations).toEqual(best.violations);
  const { lines, leftOut } = relevantTrace(trace, violatedKeys(violations));
  expect(lines.length).toBeLessThan(100);
  expect(lines.length + leftOut).toBe(trace.length);
});
