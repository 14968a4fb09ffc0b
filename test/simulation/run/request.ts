import type { Command } from 'commander';
import { type Focus, type Scenario, type Setting, settingOf } from '../setting.ts';
import { DEFAULT_SCHEDULES, type Options, simulateCommand } from './options.ts';
import { mutantFocus } from './run-mutant.ts';
import { patchedSetting } from './setting-patch.ts';

/** What the command line asks for. */
export type Request = ReplayRequest | ExploreRequest | MutantsRequest;

export interface ReplayRequest {
  readonly kind: 'replay';
  readonly seed: number;
  readonly setting: Setting;
  readonly mutant: NamedMutant | undefined;
  /** Whether to print the whole trace. */
  readonly trace: boolean;
  readonly threads: number;
}

export interface ExploreRequest {
  readonly kind: 'explore';
  readonly schedules: number;
  readonly from: number;
  readonly scenario: Scenario | undefined;
  readonly threads: number;
}

export interface MutantsRequest {
  readonly kind: 'mutants';
  /** In full. */
  readonly names: readonly string[];
  /** Run exactly so many, for each. @default until it was caught often enough */
  readonly schedules: number | undefined;
  /** Whether to keep, for the tests, the seeds that caught them. */
  readonly remember: boolean;
  readonly threads: number;
}

/** A mutant that can be asked for, and the scenario in which it is run. */
export interface NamedMutant {
  readonly name: string;
  readonly scenario: Scenario;
  readonly focus?: Focus;
}

type Refuse = (what: string) => never;

/** Parses the arguments after `npm run simulate --`. Throws commander's error, after it was printed. */
export function parseRequest(
  args: readonly string[],
  mutants: readonly NamedMutant[],
  command: Command = simulateCommand(),
): Request {
  const options = command.parse(args, { from: 'user' }).opts<Options>();
  const refuse: Refuse = (what) => command.error(`error: ${what}`);
  const named = options.mutants === undefined ? [] : mutantsNamed(options.mutants, mutants, refuse);
  if (options.remember && (options.mutants === undefined || options.seed !== undefined))
    refuse('--remember goes with --mutants');
  if (options.seed !== undefined) return replayRequest(options, options.seed, named, refuse);
  for (const option of ['setting', 'trace'] as const)
    if (options[option] !== undefined) refuse(`--${option} is about one schedule: it needs --seed`);
  if (options.mutants !== undefined) return mutantsRequest(options, named, refuse);
  const { schedules = DEFAULT_SCHEDULES, from = 1, scenario, threads } = options;
  return { kind: 'explore', schedules, from, scenario, threads };
}

function replayRequest(
  options: Options,
  seed: number,
  named: readonly NamedMutant[],
  refuse: Refuse,
): ReplayRequest {
  for (const option of ['schedules', 'from'] as const)
    if (options[option] !== undefined) refuse(`--seed is one schedule: it does not go with --${option}`);
  if (named.length > 1) refuse(`--seed goes with one mutant, not with ${named.length}`);
  const [mutant] = named;
  const { scenario = mutant?.scenario, setting: patch = {}, trace = false, threads } = options;
  try {
    const setting = patchedSetting(settingOf(seed, scenario, mutant && mutantFocus(mutant)), patch);
    return { kind: 'replay', seed, setting, mutant, trace, threads };
  } catch (error) {
    return refuse(`--setting: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function mutantsRequest(options: Options, named: readonly NamedMutant[], refuse: Refuse): MutantsRequest {
  for (const option of ['from', 'scenario'] as const)
    if (options[option] !== undefined) refuse(`--mutants does not go with --${option}`);
  const { schedules, remember = false, threads } = options;
  return { kind: 'mutants', names: named.map(({ name }) => name), schedules, remember, threads };
}

/** Those that are named in full or, where none is, in part; without names all. */
function mutantsNamed(
  texts: true | readonly string[],
  mutants: readonly NamedMutant[],
  refuse: Refuse,
): readonly NamedMutant[] {
  if (texts === true) return mutants;
  return texts.flatMap((text) => {
    const exact = mutants.filter(({ name }) => name === text);
    const found = exact.length > 0 ? exact : mutants.filter(({ name }) => name.includes(text));
    return found.length > 0 ? found : refuse(`no mutant is called ${text}: see test/simulation/mutants/`);
  });
}
