import { CommanderError } from 'commander';
import type { Context } from './context.ts';
import { explain } from './explain.ts';
import { createProgram } from './program.ts';

const FAILED = 1;
const WRONG_USAGE = 2;

/** Runs one command. @returns the exit code: 0 done, 1 failed or refused, 2 wrong usage. */
export async function run(args: readonly string[], context: Context): Promise<number> {
  const { terminal } = context;
  try {
    await createProgram(context).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has printed what it has to say; help that was asked for is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    const explained = explain(error);
    terminal.writeError(
      explained === undefined
        ? `segue: unexpected error, please report it: ${error instanceof Error ? error.stack : String(error)}\n`
        : `${terminal.paint('red', 'segue:')} ${explained}\n`,
    );
    return FAILED;
  }
}
