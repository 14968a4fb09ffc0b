import type { ByKind, ResourceCaptures } from '../resources/resource-kind.ts';
import type { RouteTable } from '../route.ts';
import { resourceKind, resourceName } from '../spec.ts';
import { type BegunCapture, begunCapture, type Preparing } from './prepare.ts';
import { advanceTo } from './progress.ts';
import type { Turn } from './turn.ts';

const POLL_SECONDS = 2;

/**
 * One turn of *complete*: removes the mappings, and the streams that the migration has enabled. The
 * route stays, pointing at the side that the migration ended with, until it is retired.
 */
export async function completeMigration(
  migration: Preparing & { readonly route: RouteTable },
  captures: ByKind<ResourceCaptures>,
): Promise<Turn> {
  await advanceTo(migration, 'complete');
  const { spec, journal, route, term, runtime } = migration;
  let gone = true;
  for (const [index, resource] of spec.resources.entries())
    for (const side of ['source', 'target'] as const) {
      const begun = await begunCapture(journal, index, side);
      const kind = captures[resourceKind(resource)];
      if (begun) gone = (await removeCapture(kind, begun, resourceName(resource[side]))) && gone;
    }
  if (!gone) return { done: false, waitSeconds: POLL_SECONDS };
  const current = await route.read();
  if (current && !current.final) await route.finish(current);
  await journal.coordinator.leave(term, 'complete', runtime.now());
  return { done: true, waitSeconds: 0 };
}

/** @returns whether mapping and stream are gone. */
async function removeCapture(
  captures: ResourceCaptures,
  { stream, mapping, enabledByUs }: BegunCapture,
  name: string,
): Promise<boolean> {
  // Also one that was made by somebody who died before he could note it.
  const ids = stream === undefined ? [] : await captures.mappings(stream);
  let unmapped = true;
  for (const id of new Set(mapping === undefined ? ids : [mapping, ...ids])) {
    const state = await captures.mappingState(id);
    if (state === undefined) continue;
    unmapped = false;
    if (state !== 'Deleting') await captures.unmap(id);
  }
  if (!unmapped) return false;
  if (!enabledByUs) return true;
  const seen = await captures.stream(name);
  if (!seen.on) return true;
  // One that nobody has noted was enabled by a turn that did not come to see it.
  if (stream !== undefined && seen.stream !== stream) return true;
  await captures.disable(name);
  return false;
}
