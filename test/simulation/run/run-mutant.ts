import { MUTANTS, type Mutant } from '../mutants/catalogue.ts';
import type { Focus } from '../setting.ts';
import { explore } from './explore.ts';
import type { Outcome } from './outcome.ts';
import { Pool } from './pool.ts';
import { Tally } from './tally.ts';

/** Enough for the rarest. */
const MOST_SCHEDULES = 3_000;
const ENOUGH_CATCHES = 5;

export interface MutantProps {
  /** Seed of the first schedule. @default 1 */
  readonly from?: number | undefined;
  /** Schedules to run at most. @default 3,000 */
  readonly most?: number | undefined;
  /** Stop after so many of them caught it. @default 5 */
  readonly enough?: number | undefined;
  /** @default 1: so that many mutants can be run side by side */
  readonly threads?: number;
  /** Threads with the engine as it is. */
  readonly sound: Pool;
  readonly onSchedule?: (schedules: number) => void;
}

/** How a mutant fared. */
export interface MutantResult {
  readonly mutant: Mutant;
  readonly schedules: number;
  /** In how many of them an invariant was violated. */
  readonly caught: number;
  /** The first seed that caught it, and what it violated. */
  readonly seed?: number | undefined;
  readonly violation?: string | undefined;
  /** The seed that caught it in the fewest steps. */
  readonly shortestSeed?: number | undefined;
  /** Why it could not be run, or its catches do not count. */
  readonly problem?: string;
}

/** Where one looks for a mutant: without a second fence, unless it is one of that. */
export function mutantFocus({ focus }: Pick<Mutant, 'focus'>): Focus {
  return { fence: 'none', ...focus };
}

/** The mutant of this name. */
export function mutantOf(name: string): Mutant {
  const mutant = MUTANTS.find((each) => each.name === name);
  if (!mutant) throw new RangeError(`no mutant is called ${name}`);
  return mutant;
}

/**
 * Runs schedules of the engine with one fault built in, until enough of them caught it. A catch counts only if the
 * engine as it is passes the same schedule.
 */
export async function runMutant(
  name: string,
  { from = 1, most = MOST_SCHEDULES, enough = ENOUGH_CATCHES, threads = 1, sound, onSchedule }: MutantProps,
): Promise<MutantResult> {
  const mutant = mutantOf(name);
  const tally = new Tally();
  const suspects: Outcome[] = [];
  await using pool = new Pool({ threads, mutant: name });
  await explore({
    pool,
    tally,
    from,
    schedules: most,
    scenario: mutant.scenario,
    focus: mutantFocus(mutant),
    onOutcome: (outcome) => {
      if (outcome.violations.length > 0) suspects.push(outcome);
      onSchedule?.(tally.schedules);
    },
    isEnough: () => suspects.length >= enough,
  });
  const engine = await Promise.all(suspects.map(({ seed, setting }) => sound.run({ seed, setting })));
  const catches = suspects.filter((_, index) => engine[index]?.violations.length === 0);
  const [first] = catches.toSorted((one, other) => one.seed - other.seed);
  const [shortest] = catches.toSorted((one, other) => one.steps - other.steps);
  return {
    mutant,
    schedules: tally.schedules,
    caught: catches.length,
    seed: first?.seed,
    violation: first?.violations[0],
    shortestSeed: shortest?.seed,
    ...problemOf(suspects, catches),
  };
}

function problemOf(suspects: readonly Outcome[], catches: readonly Outcome[]): Pick<MutantResult, 'problem'> {
  if (catches.length < suspects.length) return { problem: 'the engine as it is violates the same' };
  // Nobody's mistake: the text around it has changed, and it names what is not there any more.
  const broken = suspects.flatMap(({ violations }) => violations).find((text) => /ReferenceError/.test(text));
  return broken === undefined ? {} : { problem: `it is no program any more: ${broken}` };
}
