import { ACL_DIFFERENCES } from './acl-differences.ts';
import { COPY_DIFFERENCES } from './copy-differences.ts';
import type { Difference } from './difference.ts';
import type { JudgeName } from './judge.ts';
import { KEY_DIFFERENCES } from './key-differences.ts';
import { LOCK_DIFFERENCES } from './lock-differences.ts';
import { PARTS_DIFFERENCES } from './parts-differences.ts';
import { PRECONDITION_DIFFERENCES } from './precondition-differences.ts';
import { VERSION_DIFFERENCES } from './version-differences.ts';

/**
 * What the store relies on, and every known difference between AWS and the judges. Each is observed on every judge: a
 * judge that has learnt better, or that differs where it is not named, fails.
 */
export const DIFFERENCES = {
  ...PRECONDITION_DIFFERENCES,
  ...COPY_DIFFERENCES,
  ...PARTS_DIFFERENCES,
  ...KEY_DIFFERENCES,
  ...ACL_DIFFERENCES,
  ...LOCK_DIFFERENCES,
  ...VERSION_DIFFERENCES,
};

export type DifferenceName = keyof typeof DIFFERENCES;

/** Whether a judge does as AWS does here. */
export function doesAsAws(judge: JudgeName, name: DifferenceName): boolean {
  const { instead }: Difference = DIFFERENCES[name];
  return instead[judge] === undefined;
}
