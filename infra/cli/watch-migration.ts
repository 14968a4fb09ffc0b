import type { Journal } from '../../shared/journal/journal.ts';
import { completedAt } from '../../shared/report/life.ts';
import { readStatus, type Status } from '../../shared/status.ts';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';
import type { Deployment } from './deployment.ts';
import { type ExecutionState, executionState } from './execution.ts';
import { isUnreachable } from './explain.ts';
import { knownStatus } from './known-status.ts';
import { averageRates } from './rates.ts';
import { StatusDisplay } from './status-display.ts';
import { statusLines } from './status-lines.ts';
import type { Paint } from './terminal.ts';

interface WatchProps {
  readonly context: Context;
  readonly deployment: Deployment;
  readonly migration: string;
  /** The execution to follow. Without it, whichever coordinates the migration. */
  readonly execution?: string;
}

/** What one look finds: the execution that is followed and, once its spec is accepted, how its migration stands. */
interface Look {
  readonly state: ExecutionState;
  readonly status: Status | undefined;
}

const LEAST_WAIT_MILLISECONDS = 1_000;
const MOST_WAIT_MILLISECONDS = 15_000;
/** A status of thousands of units takes a while to read: reading is kept to this share of the time. */
const READING_SHARE = 0.2;

/**
 * Shows a migration until its execution ends.
 * @throws CliError when it does not succeed, or there is nothing to watch.
 */
export async function watchMigration(props: WatchProps): Promise<void> {
  const { terminal, runtime } = props.context;
  const journal = await props.deployment.journal(props.migration);
  const display = new StatusDisplay(terminal);
  for (let looks = 0; ; looks++) {
    const began = runtime.now();
    const found = await look(props, journal).catch((error: unknown) => {
      // A watch lasts for days: once it has seen something, it outlives a network that is gone for a while.
      if (looks === 0 || !isUnreachable(error)) throw error;
      display.note(`AWS can't be reached, trying again (${error.message || error.code})`, runtime.now());
      return undefined;
    });
    const now = runtime.now();
    if (found && found.state.kind !== 'running') {
      display.clear();
      if (found.status) terminal.write(finalText(found.status, now, terminal.paint));
      terminal.write(`${terminal.paint('green', outcome(found.state, found.status, props.migration))}\n`);
      return;
    }
    if (found?.status) display.show(found.status, now);
    else if (found) display.note('Validate: nothing is touched yet', now);
    await runtime.sleep(
      Math.min(MOST_WAIT_MILLISECONDS, Math.max(LEAST_WAIT_MILLISECONDS, (now - began) / READING_SHARE)),
    );
  }
}

async function look({ context, deployment, execution }: WatchProps, journal: Journal): Promise<Look> {
  const now = context.runtime.now();
  const followed = execution ?? (await knownStatus(journal, now)).execution;
  // The execution first: what it wrote before its end is then in the status.
  const state = await executionState(deployment.clients.stepFunctions, followed);
  const status = await readStatus(journal, now);
  // Until validation accepts the spec, the journal tells of an earlier execution.
  return { state, status: status?.execution === followed ? status : undefined };
}

function finalText(status: Status, now: number, paint: Paint): string {
  return `${statusLines(status, { now, rates: averageRates(status, now), paint }).join('\n')}\n`;
}

/**
 * How an execution that has ended ended, in words.
 * @throws CliError when it did not succeed.
 */
function outcome(
  state: Exclude<ExecutionState, { kind: 'running' }>,
  status: Status | undefined,
  migration: string,
): string {
  const fetchIt = ` (segue report ${migration})`;
  switch (state.kind) {
    case 'succeeded':
      return `${status ? 'Moved.' : 'The dry run is done, nothing was touched.'} The report is ${state.report}${fetchIt}`;
    case 'failed':
      throw new CliError(
        status
          ? `${state.error}: ${state.cause}\nRemove the cause, then start it again with the same spec: it goes on from the journal. The report says how things stand${fetchIt}.`
          : `${state.error}: ${state.cause}`,
      );
    case 'forgotten':
      if (status && completedAt(status) !== undefined) return `Moved, more than 90 days ago${fetchIt}`;
      throw new CliError(
        `the execution of ${migration} ended more than 90 days ago, before the migration was complete: start it again with the same spec`,
      );
  }
}
