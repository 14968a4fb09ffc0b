import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Settles with the exit code of the first signal that asks this process to end. Later ones change nothing: npm hands a
 * Ctrl-C on to a process that the terminal has told of it already, and tidying up must not be cut short by that.
 */
export function interruption(): Promise<number> {
  // A terminal that was closed can't be written to any more; that must not end this process before it has tidied up.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return new Promise((resolve) => {
    for (const signal of SIGNALS) process.on(signal, () => resolve(128 + constants.signals[signal]));
  });
}
