import type { Terminal } from '../../../infra/local/terminal.ts';
import { count } from '../../../infra/local/text-table.ts';
import { EXPECTED_COVERAGE } from '../coverage.ts';
import { coverageTable, missingCoverage } from './coverage-table.ts';
import { explore } from './explore.ts';
import type { Outcome } from './outcome.ts';
import { Pool } from './pool.ts';
import { clock, divergences, perSecond, progressText } from './progress.ts';
import type { ExploreRequest } from './request.ts';
import { showShrunken } from './show-schedule.ts';
import { Tally } from './tally.ts';
import { headline } from './violation.ts';

/** So many failing schedules are told at once; all of them are counted. */
const MOST_TOLD = 10;
/** So many kinds of failures are shrunken at the end. */
const MOST_SHRUNKEN = 3;

/**
 * Runs many schedules, and prints how it goes, what came in them, and what failed, shrunken.
 * @param interrupted settles with an exit code when somebody wants it to end: what was done so far is printed.
 * @returns the exit code: 1 if an invariant was violated.
 */
export async function showExploration(
  request: ExploreRequest,
  terminal: Terminal,
  interrupted: Promise<number>,
): Promise<number> {
  const { from, schedules, scenario, threads } = request;
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  const tally = new Tally();
  await using pool = new Pool({ threads });
  const onOutcome = (outcome: Outcome) => {
    if (outcome.violations.length > 0 && tally.divergent <= MOST_TOLD) tellFailure(outcome, terminal);
    terminal.live('', progressText({ ...tally, of: schedules, seconds: seconds() }));
  };
  const explored = explore({ pool, tally, from, schedules, scenario, onOutcome });
  const code = await Promise.race([explored, interrupted]);
  if (typeof code === 'number') await pool[Symbol.asyncDispose]();
  showTally(tally, seconds(), request, terminal);
  if (typeof code === 'number') return code;
  for (const { example } of [...tally.divergences.values()].slice(0, MOST_SHRUNKEN))
    await Promise.race([showShrunken({ outcome: example, pool, terminal }), interrupted]);
  return tally.divergent > 0 ? 1 : 0;
}

function showTally(tally: Tally, elapsed: number, { scenario }: ExploreRequest, terminal: Terminal): void {
  const { schedules, steps, divergent, divergences: kinds } = tally;
  const props = { coverage: tally.coverage, groups: EXPECTED_COVERAGE, scenario };
  const missing = missingCoverage(props).length;
  for (const line of [
    '',
    ...coverageTable(props),
    '',
    ...[...kinds.values()].map(
      ({ kind, schedules: failed, seeds }) =>
        `✗ ${kind}: ${count(failed)} schedules, like seed ${seeds.join(', ')}`,
    ),
    ...(missing > 0 ? [terminal.style('yellow', `${missing} that should come never came.`)] : []),
    `${count(schedules)} schedules in ${clock(elapsed)}, ${perSecond(schedules, elapsed)} a second, ${count(steps)} steps, ${divergences(divergent)}`,
  ])
    terminal.line(line);
}

function tellFailure({ seed, setting, violations }: Outcome, terminal: Terminal): void {
  terminal.line(
    terminal.style('red', `✗ seed ${seed}, ${setting.scenario}: ${headline(violations[0] ?? '')}`),
  );
}
