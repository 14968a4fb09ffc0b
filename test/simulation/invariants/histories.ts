import type { Side } from '../../../shared/direction.ts';
import type { BucketStage } from '../bucket-stage.ts';
import { objectText } from '../object-text.ts';
import { type DeleteMarker, isObject } from '../world/s3/bucket.ts';
import type { StoredObject } from '../world/s3/stored-object.ts';

export type Version = StoredObject | DeleteMarker;

/** Stands in a history for a version that says that the object was deleted. */
const DELETED = '(deleted)';

/**
 * Under each key of the target stands, behind what stood there before, what has become of it at the source: the same
 * versions in the same order, none twice. Where some were deleted at the source for good, the others stand there in
 * order, and the current ones are the same.
 */
export class TargetHistories {
  readonly #stage: BucketStage;
  /** How many versions stood under each key of the target before. */
  readonly #before = new Map<string, number>();

  constructor(stage: BucketStage) {
    this.#stage = stage;
    for (const key of stage.keys) this.#before.set(key, historyOf(stage, 'target', key).length);
  }

  assertSame(when: string): void {
    const stage = this.#stage;
    for (const [key, before] of this.#before) {
      const active = textsOf(stage, historyOf(stage, 'source', key));
      const passive = textsOf(stage, historyOf(stage, 'target', key).slice(before));
      const holds = stage.losesVersions ? isWithin(active, passive) : isEqual(active, passive);
      if (!holds)
        stage.violate(
          `the versions of "${key}" are not the same ${when}: ${active.join(' ')} at the source, ${passive.join(' ')} at the target`,
        );
    }
  }
}

/** All versions of a key of one side, the oldest first. */
export function historyOf(stage: BucketStage, side: Side, key: string): readonly Version[] {
  return stage.world.bucket(side).history(stage.key(side, key));
}

/**
 * What a history tells: markers that hide nothing are left out. Tags of earlier versions are told where more than
 * listings is compared.
 */
export function textsOf(stage: BucketStage, versions: readonly Version[]): string[] {
  const told = versions.filter((version, index) => {
    const earlier = versions[index - 1];
    return isObject(version) || (earlier !== undefined && isObject(earlier));
  });
  return told.map((version, index) => {
    if (!isObject(version)) return DELETED;
    const comparesTags = stage.compare === 'everything' || index === told.length - 1;
    return objectText(comparesTags ? version : { ...version, tags: {} });
  });
}

/** Whether both tell the same. */
export function isEqual(active: readonly string[], passive: readonly string[]): boolean {
  return active.length === passive.length && active.every((text, index) => text === passive[index]);
}

/** Whether the current versions are the same, and the earlier ones stand there in order. */
export function isWithin(active: readonly string[], passive: readonly string[]): boolean {
  if ((active.at(-1) ?? DELETED) !== (passive.at(-1) ?? DELETED)) return false;
  let found = 0;
  for (const text of passive.slice(0, -1)) if (text === active[found]) found++;
  return found >= active.length - 1;
}
