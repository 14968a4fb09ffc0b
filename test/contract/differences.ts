import type { JudgeName } from './judge.ts';
import type { Observation } from './observations.ts';
import * as observe from './observations.ts';

/** Where a judge does not do what AWS does. */
export interface Difference {
  /** What AWS does, as it is observed there. */
  readonly aws: string;
  /** What these judges do instead. A judge that is not named does as AWS does. */
  readonly instead: Partial<Record<JudgeName, string>>;
  /** Why the expectation is AWS's, or what it means for the contract. */
  readonly reason: string;
  readonly observe: Observation;
}

/**
 * Every known difference between AWS and the judges that the contract meets. Each is observed on every judge: a judge
 * that has learnt better, or that differs where it is not named, fails.
 */
export const DIFFERENCES = {
  'a PartiQL INSERT makes a stream record': {
    aws: 'a record',
    instead: { MiniStack: 'no record' },
    reason:
      'AWS records it like any other insertion. On MiniStack the feed never shows what the copy inserted.',
    observe: observe.streamRecordOfInsert,
  },
  'the parameters of a statement are checked': {
    aws: 'refused',
    instead: { MiniStack: 'inserted' },
    reason:
      'MiniStack inserts empty sets, keys of another type and numbers of 39 digits by PartiQL, but not by PutItem: there such an item is inserted, not rejected.',
    observe: observe.statementWithEmptySet,
  },
  'two statements with one key': {
    aws: 'refused as a whole, without effect',
    instead: {
      MiniStack: 'the second one is a duplicate',
      'DynamoDB Local': 'refused as a whole, after its effect',
    },
    reason:
      'AWS refuses the request before it begins, so that each item can be put alone. On DynamoDB Local it is inserted by then, and counted as existing.',
    observe: observe.twoStatementsWithOneKey,
  },
  'a start key of another segment': {
    aws: 'refused',
    instead: { MiniStack: 'accepted' },
    reason: 'A cursor belongs to its segment; a mistake in this would not be noticed on MiniStack.',
    observe: observe.startKeyOfAnotherSegment,
  },
  'read capacity of a page': {
    aws: 'a unit for each 4 KB',
    instead: { MiniStack: 'next to nothing' },
    reason: 'A page tells its bytes by the capacity that it took: on MiniStack they mean nothing.',
    observe: observe.capacityOfPage,
  },
  'the creation time of a stream record': {
    aws: 'its second',
    instead: { 'DynamoDB Local': 'its minute' },
    reason: 'The floor counts in seconds. DynamoDB Local rounds down to the minute.',
    observe: observe.creationTime,
  },
  'an empty map in a stream image': {
    aws: 'a map',
    instead: { 'DynamoDB Local': 'a value without a type' },
    reason: 'DynamoDB Local writes {} where {"M": {}} belongs, only in the images of its streams.',
    observe: observe.emptyMapInImage,
  },
} as const satisfies Record<string, Difference>;

export type DifferenceName = keyof typeof DIFFERENCES;

/** Whether a judge does as AWS does here. */
export function doesAsAws(judge: JudgeName, name: DifferenceName): boolean {
  const { instead }: Difference = DIFFERENCES[name];
  return instead[judge] === undefined;
}
