import type { Outcome } from './outcome.ts';
import { violationKind } from './violation.ts';

/** How often something came, and in how many schedules. */
export interface Occurrences {
  readonly times: number;
  readonly schedules: number;
}

/** Schedules that failed alike. */
export interface Divergence {
  readonly kind: string;
  readonly schedules: number;
  /** The first few of them. */
  readonly seeds: readonly number[];
  /** The shortest of them. */
  readonly example: Outcome;
}

const SEEDS_NAMED = 5;

/** Sums up many schedules. */
export class Tally {
  schedules = 0;
  /** Schedules with a violation. */
  divergent = 0;
  steps = 0;
  readonly coverage = new Map<string, Occurrences>();
  readonly divergences = new Map<string, Divergence>();

  add(outcome: Outcome): void {
    this.schedules++;
    this.steps += outcome.steps;
    for (const [name, times] of Object.entries(outcome.coverage)) {
      const before = this.coverage.get(name) ?? { times: 0, schedules: 0 };
      this.coverage.set(name, {
        times: before.times + times,
        schedules: before.schedules + (times > 0 ? 1 : 0),
      });
    }
    const [first] = outcome.violations;
    if (first !== undefined) this.#addDivergence(violationKind(first), outcome);
  }

  #addDivergence(kind: string, outcome: Outcome): void {
    this.divergent++;
    const known = this.divergences.get(kind);
    this.divergences.set(kind, {
      kind,
      schedules: (known?.schedules ?? 0) + 1,
      seeds: [...(known?.seeds ?? []), outcome.seed].slice(0, SEEDS_NAMED),
      example: known && known.example.steps <= outcome.steps ? known.example : outcome,
    });
  }
}
