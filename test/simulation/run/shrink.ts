import type { Setting } from '../setting.ts';
import type { Job, Outcome } from './outcome.ts';
import { violationKind } from './violation.ts';

export interface ShrinkProps {
  /** A schedule that failed. */
  readonly failed: Job;
  /** What it violated: what is found must violate the same. */
  readonly kind: string;
  readonly run: (job: Job) => Promise<Outcome>;
  readonly simpler: (setting: Setting) => readonly Setting[];
  /** Schedules run at the same time. @default 1 */
  readonly together?: number;
  /** Schedules tried in all. @default 3,000 */
  readonly budget?: number;
  readonly onTry?: (tried: number, best: Outcome) => void;
}

export interface Shrunken {
  readonly best: Outcome;
  readonly tried: number;
}

/** Seeds tried with each simpler setting: a few first, and as long as there is budget, more. */
const SEEDS = [10, 50, 250] as const;

/**
 * Looks for a simpler schedule that fails in the same way: greedily, one simplification after the other, as long as
 * some seed still fails with it; then, with the simplest setting, for the shortest. None that it takes is longer.
 * @returns undefined if the failed schedule does not fail again.
 */
export async function shrink(props: ShrinkProps): Promise<Shrunken | undefined> {
  const search = new Search(props);
  const [again] = await search.failing([props.failed]);
  if (!again) return undefined;
  search.mostSteps = again.steps;
  let best = again;
  for (const seeds of SEEDS) {
    best = await simplest(search, best, seeds, props);
    best = await shortest(search, best, seeds);
  }
  return { best, tried: search.tried };
}

async function simplest(
  search: Search,
  failed: Outcome,
  seeds: number,
  { simpler, onTry }: ShrinkProps,
): Promise<Outcome> {
  let best = failed;
  let candidates = simpler(best.setting);
  // The list goes round: what could not be left out before may be left out when other things are gone.
  for (let index = 0, misses = 0; misses < candidates.length && search.budgetLeft; ) {
    const candidate = candidates[index % candidates.length] as Setting;
    const [found] = await search.failing(jobs(best.seed, candidate, seeds), 1);
    onTry?.(search.tried, best);
    if (found) {
      best = found;
      candidates = simpler(best.setting);
      misses = 0;
    } else {
      misses++;
      index++;
    }
  }
  return best;
}

async function shortest(search: Search, best: Outcome, seeds: number): Promise<Outcome> {
  const found = await search.failing(jobs(best.seed, best.setting, seeds));
  return found.reduce((one, other) => (other.steps < one.steps ? other : one), best);
}

function jobs(seed: number, setting: Setting, count: number): Job[] {
  return Array.from({ length: count }, (_, index) => ({ seed: seed + index, setting }));
}

/** Runs schedules within a budget. */
class Search {
  readonly #props: ShrinkProps;
  readonly #known = new Set<string>();
  /** What takes longer is not simpler. */
  mostSteps = Number.POSITIVE_INFINITY;

  constructor(props: ShrinkProps) {
    this.#props = props;
  }

  get tried(): number {
    return this.#known.size;
  }

  get budgetLeft(): boolean {
    return this.tried < (this.#props.budget ?? 3_000);
  }

  /** Of those schedules that were not tried yet the ones that fail in the same way; stops when `enough` are found. */
  async failing(jobs: readonly Job[], enough = Number.POSITIVE_INFINITY): Promise<Outcome[]> {
    const { together = 1, run, kind } = this.#props;
    const fresh = jobs.filter((job) => !this.#known.has(nameOf(job)));
    const found: Outcome[] = [];
    for (let at = 0; at < fresh.length && found.length < enough && this.budgetLeft; at += together) {
      const wave = fresh.slice(at, at + together);
      for (const job of wave) this.#known.add(nameOf(job));
      const outcomes = await Promise.all(wave.map(({ seed, setting }) => run({ seed, setting })));
      found.push(
        ...outcomes.filter(
          ({ violations, steps }) =>
            steps <= this.mostSteps && violations.some((each) => violationKind(each) === kind),
        ),
      );
    }
    return found;
  }
}

function nameOf({ seed, setting }: Job): string {
  return `${seed} ${JSON.stringify(setting)}`;
}
