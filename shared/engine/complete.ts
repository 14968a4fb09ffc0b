import { activeSide, type Side } from '../direction.ts';
import type { ByKind, ResourceCaptures, ResourceUploads } from '../resources/resource-kind.ts';
import type { RouteTable } from '../route.ts';
import { type ResourceKind, resourceKind, resourceName } from '../spec.ts';
import { type BegunCapture, begunCapture, type CaptureProps, type Preparing } from './prepare.ts';
import { advanceTo } from './progress.ts';
import type { Turn } from './turn.ts';

const POLL_SECONDS = 2;

interface CompleteProps extends CaptureProps {
  /** Of those kinds that have any. */
  readonly uploads: Partial<ByKind<ResourceUploads>>;
}

/** One side of a resource. */
interface EndedSide {
  readonly index: number;
  readonly side: Side;
  readonly kind: ResourceKind;
  readonly name: string;
}

/**
 * One turn of *complete*: removes the mappings, the streams that the migration has enabled, and the uploads that it has
 * left. The route stays, pointing at the side that the migration ended with, until it is retired.
 */
export async function completeMigration(
  migration: Preparing & { readonly route: RouteTable },
  { bindings, captures, uploads }: CompleteProps,
): Promise<Turn> {
  await advanceTo(migration, 'complete');
  const { journal, route, term, runtime } = migration;
  const sides = sidesOf(migration);
  // All of them before any stream is disabled, which may be that of several.
  for (const { index, side, kind, name } of sides)
    await bindings[kind].unbind?.(name, { migration: migration.name, resource: index, side });
  let gone = true;
  for (const { index, side, kind, name } of sides) {
    const begun = await begunCapture(journal, index, side);
    if (begun) gone = (await removeCapture(captures[kind], begun, name)) && gone;
  }
  for (const one of sides) await endUploads(migration, uploads[one.kind], one);
  if (!gone) return { done: false, waitSeconds: POLL_SECONDS };
  const current = await route.read();
  if (current && !current.final) await route.finish(current);
  await journal.coordinator.leave(term, 'complete', runtime.now());
  return { done: true, waitSeconds: 0 };
}

function sidesOf({ spec }: Preparing): EndedSide[] {
  return spec.resources.flatMap((resource, index) =>
    (['source', 'target'] as const).map((side) => ({
      index,
      side,
      kind: resourceKind(resource),
      name: resourceName(resource[side]),
    })),
  );
}

/** @returns whether mapping and stream are gone. */
async function removeCapture(
  captures: ResourceCaptures,
  { stream, mapping, enabledByUs, revision }: BegunCapture,
  name: string,
): Promise<boolean> {
  if (!(await captures.unmap({ stream, mapping }))) return false;
  if (!enabledByUs) return true;
  const seen = await captures.stream(name);
  if (!seen.on || (await captures.isShared(name))) return true;
  // One that nobody has noted was enabled by a turn that did not come to see it.
  if (stream !== undefined && seen.stream !== stream) return true;
  // Somebody has written since what it is switched on together with, and left it on.
  if (seen.revision !== revision) return true;
  await captures.disable(name);
  return false;
}

/** By now nobody works on them any more. */
async function endUploads(
  { journal }: Preparing,
  uploads: ResourceUploads | undefined,
  { index, side, name }: EndedSide,
): Promise<void> {
  if (!uploads) return;
  const noted = journal.uploads(index, side);
  for await (const upload of noted.all()) {
    await uploads.end(name, upload, side !== activeSide(journal.epoch));
    await noted.forget(upload);
  }
}
