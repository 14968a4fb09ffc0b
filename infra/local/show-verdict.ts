import { relative } from 'node:path';
import type { Status } from '../../shared/status.ts';
import type { Surroundings } from './command.ts';
import type { StackOutputs } from './deploy.ts';
import type { EmbeddedAws } from './embedded-aws.ts';
import { migrationFacts } from './facts.ts';
import { downloadReports } from './reports.ts';
import { textTable } from './text-table.ts';
import { passed } from './verdict.ts';
import { type NamedVerdict, verdictTable } from './verdict-table.ts';

export interface VerdictProps {
  readonly aws: EmbeddedAws;
  readonly outputs: StackOutputs;
  readonly verdicts: readonly NamedVerdict[];
  readonly status: Status;
  /** How to see the same again, if harm was done. */
  readonly again?: string;
}

/**
 * Ends a run: shows the independent count, brings the reports, and says in one line what came of it. Where harm was
 * done, the run's folder is kept.
 * @returns the exit code: 0 if not a single write was lost, resurrected, duplicated or failed.
 */
export async function showVerdict(
  { terminal, workspace }: Surroundings,
  { aws, outputs, verdicts, status, again }: VerdictProps,
): Promise<number> {
  for (const line of verdictTable(verdicts)) terminal.line(line);
  terminal.line('');
  const pauses = verdicts.map(({ verdict }) => verdict.ledger.pauses);
  for (const line of textTable(migrationFacts(status, pauses).map((fact) => [...fact, ''])))
    terminal.line(line);

  terminal.heading('Read the report');
  for (const path of await downloadReports(aws, outputs.ReportBucket))
    terminal.line(`   ${relative(process.cwd(), path) || path}`);
  terminal.line('');
  if (verdicts.every(({ verdict }) => passed(verdict))) {
    const good = `Not a single write was lost, resurrected, duplicated or failed (${terminal.elapsed()}).`;
    terminal.line(terminal.style('green', good));
    return 0;
  }
  const harm = `The migration did harm: see the table above.${again === undefined ? '' : ` (${again})`}`;
  terminal.line(terminal.style('red', harm));
  workspace.keep();
  return 1;
}
