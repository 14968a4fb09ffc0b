import { type Command, InvalidArgumentError } from 'commander';
import type { Context } from '../context.ts';
import { type SteeringOptions, steerMigration, withSteering } from '../steering.ts';

interface PaceOptions extends SteeringOptions {
  readonly readUnits?: number;
  readonly writeUnits?: number;
  readonly requestsPerSecond?: number;
  readonly megabytesPerSecond?: number;
  readonly workers?: number;
  readonly off?: true;
}

/** `segue pace` */
export function addPace(program: Command, context: Context): void {
  const command = program
    .command('pace')
    .summary('limit what copying, comparing and sweeping use of tables and buckets')
    .description(
      'Sets one budget for all workers together (capacity units of tables, requests to buckets, megabytes of objects), and how many of them work at one time. What is not named stays as it is. A small budget is used by fewer workers, since waiting is paid, too. The changes that the application makes are never held back by it.',
    )
    .argument('<migration>', 'name of the migration')
    .option('--read-units <n>', 'most read units a second, of sources and targets together', wholeNumber)
    .option('--write-units <n>', 'most write units a second', wholeNumber)
    .option('--requests-per-second <n>', 'most requests a second to the buckets', wholeNumber)
    .option(
      '--megabytes-per-second <n>',
      'most megabytes a second of objects that are copied or read',
      wholeNumber,
    )
    .option('--workers <n>', 'workers at one time, in place of copy.workers', wholeNumber)
    .option('--off', 'no limit any more, not by the spec either');
  withSteering(command, [
    'pace orders --read-units 2000 --write-units 500',
    'pace photos --requests-per-second 1000 --megabytes-per-second 200',
    'pace orders --workers 4',
    'pace orders --off',
  ]).action((migration: string, options: PaceOptions) => {
    const { readUnits, writeUnits, requestsPerSecond, megabytesPerSecond, workers, off, ...steering } =
      options;
    const limits = { readUnits, writeUnits, requestsPerSecond, megabytesPerSecond, workers, off };
    return steerMigration(context, steering, {
      migration,
      action: 'pace',
      parameters: Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)),
    });
  });
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
