import { interruption } from './interruption.ts';
import { LocalError } from './local-error.ts';
import { Processes } from './processes.ts';
import { Terminal } from './terminal.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** What a command on this machine works with. Whatever it starts ends with it. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly workspace: Workspace;
  readonly processes: Processes;
  /** Settles with an exit code when the person at the terminal wants to end. */
  readonly interrupted: Promise<number>;
}

/**
 * Runs a command to its end, and ends everything that it has started, however it ends.
 * @param keep whether all of it goes on running after a failure until it is interrupted.
 * @returns the exit code.
 */
export async function runCommand(
  command: (surroundings: Surroundings) => Promise<number>,
  { keep = false }: { readonly keep?: boolean } = {},
): Promise<number> {
  const terminal = new Terminal();
  const interrupted = interruption();
  using workspace = openWorkspace();
  await using processes = new Processes();
  try {
    return await Promise.race([
      command({ terminal, workspace, processes, interrupted }),
      interrupted.then((code) => {
        terminal.line('\nEnding everything that was started …');
        return code;
      }),
    ]);
  } catch (error) {
    terminal.line('');
    terminal.line(terminal.style('red', describe(error)));
    if (workspace.keep()) terminal.line(`Logs are in ${workspace.folder} until the next run.`);
    if (keep) {
      terminal.line('Everything goes on running until Ctrl-C.');
      await interrupted;
    }
    return 1;
  }
}

/** A failure that the person can act on without its stack. */
function describe(error: unknown): string {
  if (error instanceof LocalError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
