import type { Focus, Scenario } from '../setting.ts';

/** One exact text of a file, which must stand there once, and what stands in its place. */
export interface Edit {
  /** Path from the repository's root. */
  readonly file: `shared/${string}.ts`;
  readonly from: string;
  readonly to: string;
}

/** An engine that breaks one rule, by a change that a tired engineer could make. The simulation must catch it. */
export interface Mutant {
  /** What is wrong with it. */
  readonly name: string;
  /** The rule that it breaks. */
  readonly rule: string;
  readonly edits: readonly Edit[];
  /** The cheapest scenario that can catch it. */
  readonly scenario: Scenario;
  /** What schedules are to be like, if it shows only there. @default what each seed chooses */
  readonly focus?: Focus;
}
