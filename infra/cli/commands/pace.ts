import { type Command, InvalidArgumentError } from 'commander';
import type { Context } from '../context.ts';
import { type SteeringOptions, steerMigration, withSteering } from '../steering.ts';

interface PaceOptions extends SteeringOptions {
  readonly readUnits?: number;
  readonly writeUnits?: number;
  readonly workers?: number;
  readonly off?: true;
}

/** `segue pace` */
export function addPace(program: Command, context: Context): void {
  const command = program
    .command('pace')
    .summary('limit what copying, comparing and sweeping use of the tables')
    .description(
      'Sets one budget of capacity units for all workers together, and how many of them work at one time. What is not named stays as it is. A small budget is used by fewer workers, since waiting is paid, too. The changes that the application makes are never held back by it.',
    )
    .argument('<migration>', 'name of the migration')
    .option('--read-units <n>', 'most read units a second, of sources and targets together', wholeNumber)
    .option('--write-units <n>', 'most write units a second', wholeNumber)
    .option('--workers <n>', 'workers at one time, in place of copy.workers', wholeNumber)
    .option('--off', 'no limit any more, not by the spec either');
  withSteering(command, [
    'pace orders --read-units 2000 --write-units 500',
    'pace orders --workers 4',
    'pace orders --off',
  ]).action((migration: string, { readUnits, writeUnits, workers, off, ...options }: PaceOptions) =>
    steerMigration(context, options, {
      migration,
      action: 'pace',
      parameters: Object.fromEntries(
        Object.entries({ readUnits, writeUnits, workers, off }).filter(([, value]) => value !== undefined),
      ),
    }),
  );
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
