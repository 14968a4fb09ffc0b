import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { wholeNumber } from '../../../infra/local/command-options.ts';
import { SCENARIOS, type Scenario } from '../setting.ts';
import type { SettingPatch } from './setting-patch.ts';

export const DEFAULT_SCHEDULES = 1_000;
const MOST_THREADS = 256;

/** The options as they are given. */
export interface Options {
  readonly schedules?: number;
  readonly from?: number;
  readonly seed?: number;
  readonly scenario?: Scenario;
  readonly setting?: SettingPatch;
  readonly trace?: boolean;
  readonly mutants?: true | string[];
  readonly remember?: boolean;
  readonly threads: number;
}

const EXAMPLES = `
Examples:
  $ npm run simulate -- --schedules 1000000        a million schedules, and what came in them
  $ npm run simulate -- --seed 4711                one of them again, shrunken if it fails
  $ npm run simulate -- --seed 4711 --trace        with each of its events
  $ npm run simulate -- --seed 4711 --setting '{"writers":1}'
  $ npm run simulate -- --mutants                  whether the invariants catch a wrong engine
  $ npm run simulate -- --mutants NAME --seed 7    one schedule with a wrong engine

Exit codes: 0 no violation (with --mutants: each was caught), 1 the opposite, 2 wrong usage.`;

/** The command line. Its errors are thrown after they were printed, instead of ending the process. */
export function simulateCommand(): Command {
  return new Command('npm run simulate --')
    .description(
      'Runs the engine over a modelled DynamoDB, clock and randomness. A seed is one schedule of everything that happens, exactly repeatable; after each, the invariants are checked.',
    )
    .option('--schedules <n>', `schedules to run (default: ${DEFAULT_SCHEDULES})`, wholeNumber(1))
    .option('--from <seed>', 'seed of the first of them (default: 1)', wholeNumber(0))
    .option('--seed <n>', 'run this schedule alone', wholeNumber(0))
    .addOption(new Option('--scenario <name>', 'the same scenario for all').choices(SCENARIOS))
    .option('--setting <json>', "what the schedule's setting has other than its seed chooses", patch)
    .option('--trace', 'print each event of the schedule')
    .option(
      '--mutants [names...]',
      'run the engine with each of these faults built in, named in part or in full (default: all)',
    )
    .option('--remember', 'keep the seeds that caught mutants, where the tests look first')
    .option('--threads <n>', 'threads', wholeNumber(1, MOST_THREADS), availableParallelism())
    .showHelpAfterError('(add --help to see what there is)')
    .addHelpText('after', EXAMPLES)
    .exitOverride();
}

function patch(text: string): SettingPatch {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as SettingPatch;
  } catch {
    // Told below.
  }
  throw new InvalidArgumentError('It must be a JSON object, in quotes, like \'{"writers":1}\'.');
}
