import type { BucketStage } from '../bucket-stage.ts';
import { isCopyOf, objectText } from '../object-text.ts';
import type { StoredObject } from '../world/s3/stored-object.ts';

/** Stands in a history for an object that was deleted. */
const DELETED = '(deleted)';

/**
 * Under no key of the target stand bytes that its key of the source never held: no mixture of two writes, say. What the
 * object carries may be of two writes of the same bytes for a moment: nothing tells them apart while they are copied.
 */
export function targetHoldsOnlyWhatTheSourceHeld(stage: BucketStage): void {
  const held = new Map<string, Set<string>>();
  const prefix = { source: stage.key('source', ''), target: stage.key('target', '') };
  const note = (key: string, { body }: StoredObject) =>
    held.set(key, (held.get(key) ?? new Set<string>()).add(textOf(body)));
  for (const object of stage.world.bucket('source').objects())
    note(object.key.slice(prefix.source.length), object);
  stage.world.onObject(({ bucket, key, after }) => {
    if (bucket === 'source') {
      if (after) note(key.slice(prefix.source.length), after);
      return;
    }
    if (!key.startsWith(prefix.target))
      return stage.violate(`${key} was written outside the target's prefix`);
    const relative = key.slice(prefix.target.length);
    if (after && !held.get(relative)?.has(textOf(after.body)))
      stage.violate(`the target holds under "${relative}" what the source never held: ${textOf(after.body)}`);
  });
}

function textOf(body: Uint8Array): string {
  return Buffer.from(body).toString();
}

/**
 * No object of the target gives way to an older one, nor to nothing while it is the newest: only what was seen is
 * overwritten or deleted. Of bytes that stood under the key several times it can't be told which they are, and an
 * object that comes back after its deletion is found by the look that follows its copy.
 */
export function targetNeverGoesBack(stage: BucketStage): void {
  const history = new Map<string, string[]>();
  const prefix = { source: stage.key('source', ''), target: stage.key('target', '') };
  const ages = (key: string, content: string) =>
    (history.get(key) ?? []).flatMap((one, age) => (one === content ? [age] : []));
  const note = (key: string, content: string) => history.set(key, [...(history.get(key) ?? []), content]);
  const contentOf = (object: StoredObject | undefined) => (object ? textOf(object.body) : DELETED);
  for (const object of stage.world.bucket('source').objects())
    note(object.key.slice(prefix.source.length), contentOf(object));
  stage.world.onObject(({ bucket, key, before, after }) => {
    if (bucket === 'source') {
      note(key.slice(prefix.source.length), contentOf(after));
      return;
    }
    const relative = key.slice(prefix.target.length);
    if (!before || contentOf(before) === contentOf(after)) return;
    const [left, ...more] = ages(relative, contentOf(before));
    const now = ages(relative, contentOf(after));
    const newest = now.at(-1) ?? -1;
    if (left === undefined || more.length > 0 || (after && now.length > 1) || newest > left) return;
    stage.violate(
      `"${relative}" goes back on the target, from ${objectText(before)} to ${objectText(after)}`,
    );
  });
}

/** Both sides hold the same objects, to the byte and with all that they carry; those of the target are copies. */
export function bothSidesHoldTheSame(stage: BucketStage, when: string): void {
  const [source, target] = [objectsOf(stage, 'source'), objectsOf(stage, 'target')];
  for (const key of new Set([...source.keys(), ...target.keys()])) {
    const [ours, theirs] = [source.get(key) ?? 'nothing', target.get(key) ?? 'nothing'];
    if (!isCopyOf(theirs, ours))
      stage.violate(`"${key}" is not the same ${when}: ${ours} at the source, ${theirs} at the target`);
  }
}

function objectsOf(stage: BucketStage, side: 'source' | 'target'): Map<string, string> {
  const prefix = stage.key(side, '');
  return new Map(
    stage.world
      .bucket(side)
      .objects()
      .filter(({ key }) => key.startsWith(prefix))
      .map((object) => [object.key.slice(prefix.length), objectText(object)]),
  );
}

/** No part of an upload is left on the target, which would be paid for. */
export function noUploadIsLeft(stage: BucketStage): void {
  const [upload] = stage.world.bucket('target').uploads();
  if (upload) stage.violate(`an upload of "${upload.key}" is left on the target`);
}
