import { type Command, InvalidArgumentError } from 'commander';
import { phaseOrder } from '../../../shared/phases.ts';
import { isoTime, utcText } from '../../../shared/report/format.ts';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { Deployment, type DeploymentOptions, withDeployment } from '../deployment.ts';
import { knownStatus } from '../known-status.ts';

interface PostponeOptions extends DeploymentOptions {
  readonly until?: number;
  readonly hours?: number;
  readonly off?: true;
  readonly by?: string;
}

const HOUR_MILLISECONDS = 3_600_000;
const MOST_HOURS = 90 * 24;
const EXAMPLES = `
Examples:
  $ segue postpone orders --hours 12
  $ segue postpone orders --until 2026-12-01T02:00:00Z --by "Ada, change 4711"
  $ segue postpone orders --off`;

/** `segue postpone` */
export function addPostpone(program: Command, context: Context): void {
  const { terminal, runtime, user } = context;
  const command = program
    .command('postpone')
    .summary('keep a migration from cutting over, for hours or days')
    .description(
      'Keeps the cutover from beginning before a time; the migration stays in step with its source meanwhile. A cutover that is under way is given up, until the switch: the source goes back to its writers, and no attempt is used up. The last word stands.',
    )
    .argument('<migration>', 'name of the migration')
    .option('--until <time>', 'no cutover before this time (ISO 8601)', time)
    .option('--hours <n>', `no cutover for so many hours, at most ${MOST_HOURS}`, hours)
    .option('--off', 'let it cut over when its other gates are open')
    .option('--by <name>', 'who postpones, for the status (default: your user name)');
  withDeployment(command, 'JournalTable')
    .addHelpText('after', EXAMPLES)
    .action(async (migration: string, options: PostponeOptions) => {
      const until = untilOf(options, runtime.now());
      const journal = await new Deployment(context, options).journal(migration);
      const { phase, title } = await knownStatus(journal, runtime.now());
      if (phaseOrder(phase) > phaseOrder('switch'))
        throw new CliError(
          `${migration} is in the phase ${title}: the switch was made, nothing can be postponed any more`,
        );
      const by = options.by ?? user();
      await journal.coordinator.postpone({ by, at: runtime.now(), until });
      terminal.write(
        options.off
          ? `${migration} is not postponed any more: it cuts over when its gates are open.\n`
          : `${migration} is postponed by ${by}: no cutover before ${utcText(isoTime(until))} UTC. "segue postpone ${migration} --off" ends it.\n`,
      );
    });
}

/** The time until which nobody cuts over. Exactly one of the three options says it. */
function untilOf({ until, hours: span, off }: PostponeOptions, now: number): number {
  if ([until, span, off].filter((option) => option !== undefined).length !== 1)
    throw new CliError('say how long: exactly one of --until, --hours and --off');
  if (off) return now;
  const chosen = until ?? now + (span as number) * HOUR_MILLISECONDS;
  if (chosen <= now)
    throw new CliError(`${utcText(isoTime(chosen))} UTC is over: name a time to come, or --off`);
  return chosen;
}

function time(text: string): number {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds) || !/\d(Z|[+-]\d\d:?\d\d)$/.test(text))
    throw new InvalidArgumentError('It must be an ISO 8601 time with its offset, like 2026-12-01T02:00:00Z.');
  return milliseconds;
}

function hours(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= MOST_HOURS))
    throw new InvalidArgumentError(`It must be a number above 0, at most ${MOST_HOURS}.`);
  return value;
}
