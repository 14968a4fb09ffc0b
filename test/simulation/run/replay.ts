import type { Terminal } from '../../../infra/local/terminal.ts';
import { count, textTable } from '../../../infra/local/text-table.ts';
import { Pool } from './pool.ts';
import type { ReplayRequest } from './request.ts';
import { settingLines, showShrunken } from './show-schedule.ts';

/** Runs one schedule and prints it. @returns the exit code: 1 if it violates an invariant. */
export async function replay(request: ReplayRequest, terminal: Terminal): Promise<number> {
  const { seed, setting, mutant, trace: traced } = request;
  await using pool = new Pool({
    threads: traced ? 1 : request.threads,
    ...(mutant && { mutant: mutant.name }),
  });
  const outcome = await pool.run({ seed, setting, traced });
  const { violations, steps, coverage, trace } = outcome;
  terminal.line(`seed ${seed}${mutant ? `, with ${mutant.name} built in` : ''}: ${count(steps)} steps`);
  for (const line of settingLines(setting)) terminal.line(line);
  if (traced) for (const line of ['', ...trace, '']) terminal.line(line);
  terminal.line('counted');
  for (const line of textTable(
    Object.entries(coverage).map(([name, times]) => [`  ${name}`, count(times), '']),
  ))
    terminal.line(line);
  if (violations.length === 0) {
    terminal.line(terminal.style('green', 'no violation'));
    return 0;
  }
  for (const violation of violations) terminal.line(terminal.style('red', `✗ ${violation}`));
  if (!traced) await showShrunken({ outcome, pool, mutant, terminal });
  return 1;
}
