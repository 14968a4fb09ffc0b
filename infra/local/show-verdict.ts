import { relative } from 'node:path';
import type { Status } from '../../shared/status.ts';
import type { Surroundings } from './command.ts';
import type { StackOutputs } from './deploy.ts';
import type { EmbeddedAws } from './embedded-aws.ts';
import { migrationFacts } from './facts.ts';
import { downloadReports } from './reports.ts';
import { passed, type Verdict, verdictTable } from './verdict.ts';

export interface VerdictProps {
  readonly aws: EmbeddedAws;
  readonly outputs: StackOutputs;
  readonly verdict: Verdict;
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
  { aws, outputs, verdict, status, again }: VerdictProps,
): Promise<number> {
  for (const line of verdictTable(verdict, migrationFacts(status, verdict.ledger.pauses)))
    terminal.line(line);

  terminal.heading('Read the report');
  for (const path of await downloadReports(aws, outputs.ReportBucket))
    terminal.line(`   ${relative(process.cwd(), path) || path}`);
  terminal.line('');
  if (passed(verdict)) {
    const good = `Not a single write was lost, resurrected, duplicated or failed (${terminal.elapsed()}).`;
    terminal.line(terminal.style('green', good));
    return 0;
  }
  const harm = `The migration did harm: see the table above.${again === undefined ? '' : ` (${again})`}`;
  terminal.line(terminal.style('red', harm));
  workspace.keep();
  return 1;
}
