import type { Terminal } from '../../../infra/local/terminal.ts';
import { count, textTable } from '../../../infra/local/text-table.ts';
import { rememberCatch } from './catching-seeds.ts';
import { Pool } from './pool.ts';
import { clock } from './progress.ts';
import type { MutantsRequest } from './request.ts';
import { type MutantResult, mutantOf, runMutant } from './run-mutant.ts';
import { headline } from './violation.ts';

/**
 * Runs each mutant, as many side by side as there are threads, and prints in how many schedules it was caught.
 * @param interrupted settles with an exit code when somebody wants it to end: what was done so far is printed.
 * @returns the exit code: 1 if a mutant was not caught.
 */
export async function showMutants(
  { names, schedules, remember, threads }: MutantsRequest,
  terminal: Terminal,
  interrupted: Promise<number>,
): Promise<number> {
  const startedAt = performance.now();
  const results: MutantResult[] = [];
  const rest = names.values();
  await using sound = new Pool({ threads: 1 });
  const lane = async () => {
    for (const name of rest) {
      const result = await runMutant(name, {
        sound,
        most: schedules,
        enough: schedules === undefined ? undefined : Number.POSITIVE_INFINITY,
        onSchedule: (run) =>
          terminal.live('', `${results.length} of ${names.length} mutants, ${name}: ${count(run)} schedules`),
      }).catch((error: unknown) => notRun(name, error));
      results.push(result);
      if (remember) rememberCatch(result);
      terminal.line(verdict(result, terminal));
    }
  };
  const code = await Promise.race([Promise.all(Array.from({ length: threads }, lane)), interrupted]);
  const inOrder = results.toSorted((a, b) => names.indexOf(a.mutant.name) - names.indexOf(b.mutant.name));
  for (const line of ['', ...mutantTable(inOrder), '']) terminal.line(line);
  const missed = results.filter(({ caught }) => caught === 0).length;
  const seconds = (performance.now() - startedAt) / 1000;
  terminal.line(
    `${results.length} of ${names.length} mutants in ${clock(seconds)}: ${results.length - missed} caught, ${missed} not`,
  );
  if (typeof code === 'number') return code;
  return missed > 0 ? 1 : 0;
}

/** Two lines for each mutant: how it fared, and the rule that it breaks. */
export function mutantTable(results: readonly MutantResult[]): string[] {
  return textTable([
    ['mutant', 'schedules', 'caught', 'seed', 'violation'],
    ...results.flatMap((result) => [
      [
        result.mutant.name,
        count(result.schedules),
        count(result.caught),
        String(result.seed ?? ''),
        outcomeText(result),
      ],
      [`  ${result.mutant.rule}`],
    ]),
  ]);
}

function verdict(result: MutantResult, terminal: Terminal): string {
  const { mutant, schedules, caught } = result;
  return caught > 0
    ? `${terminal.style('green', '✓')} ${mutant.name}: caught in ${count(caught)} of ${count(schedules)} schedules`
    : terminal.style('red', `${outcomeText(result)}: ${mutant.name}, in ${count(schedules)} schedules`);
}

function outcomeText({ violation, problem }: MutantResult): string {
  if (problem !== undefined) return `✗ ${problem}`;
  return violation === undefined ? '✗ not caught' : headline(violation);
}

/** A mutant that the engine has outgrown does not keep the others from being run. */
function notRun(name: string, error: unknown): MutantResult {
  const problem = `not run, ${error instanceof Error ? headline(error.message) : String(error)}`;
  return { mutant: mutantOf(name), schedules: 0, caught: 0, problem };
}
