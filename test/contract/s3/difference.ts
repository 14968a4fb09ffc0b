import type { JudgeName } from './judge.ts';
import type { Observation } from './observation.ts';

/** What the store relies on, and where a judge does not do what AWS does. */
export interface Difference {
  /** What AWS does, as it is observed there. */
  readonly aws: string;
  /** What these judges do instead. A judge that is not named does as AWS does. */
  readonly instead: Partial<Record<JudgeName, string>>;
  /** Why the expectation is AWS's, or what it means for the contract. */
  readonly reason: string;
  readonly observe: Observation;
}
