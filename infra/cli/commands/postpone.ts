import { type Command, InvalidArgumentError } from 'commander';
import { MOST_HOURS } from '../../../shared/steering/postpone.ts';
import type { Context } from '../context.ts';
import { type SteeringOptions, steerMigration, withSteering } from '../steering.ts';

interface PostponeOptions extends SteeringOptions {
  readonly until?: string;
  readonly hours?: number;
  readonly off?: true;
}

/** `segue postpone` */
export function addPostpone(program: Command, context: Context): void {
  const command = program
    .command('postpone')
    .summary('keep a migration from cutting over, for hours or days')
    .description(
      'Keeps the cutover from beginning before a time; the migration stays in step with its source meanwhile. A cutover that is under way is given up, until the switch: the source goes back to its writers, and no attempt is used up. The last word stands.',
    )
    .argument('<migration>', 'name of the migration')
    .option('--until <time>', 'no cutover before this time (ISO 8601)', time)
    .option('--hours <n>', `no cutover for so many hours, at most ${MOST_HOURS}`, hours)
    .option('--off', 'let it cut over when its other gates are open');
  withSteering(command, [
    'postpone orders --hours 12',
    'postpone orders --until 2026-12-01T02:00:00Z --by "Ada, change 4711"',
    'postpone orders --off',
  ]).action((migration: string, { until, hours: span, off, ...options }: PostponeOptions) =>
    steerMigration(context, options, {
      migration,
      action: 'postpone',
      parameters: Object.fromEntries(
        Object.entries({ until, hours: span, off }).filter(([, value]) => value !== undefined),
      ),
    }),
  );
}

function time(text: string): string {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds) || !/\d(Z|[+-]\d\d:?\d\d)$/.test(text))
    throw new InvalidArgumentError('It must be an ISO 8601 time with its offset, like 2026-12-01T02:00:00Z.');
  return new Date(milliseconds).toISOString();
}

function hours(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= MOST_HOURS))
    throw new InvalidArgumentError(`It must be a number above 0, at most ${MOST_HOURS}.`);
  return value;
}
