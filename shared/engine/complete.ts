import type { Account } from '../account.ts';
import type { RouteTable } from '../route.ts';
import { type BegunCapture, begunCapture, type Preparing } from './prepare.ts';
import { advanceTo } from './progress.ts';
import type { Turn } from './turn.ts';

const POLL_SECONDS = 2;

/**
 * One turn of *complete*: removes the event source mappings, and the streams that the migration has enabled. The
 * route stays, pointing at the side that the migration ended with, until it is retired.
 */
export async function completeMigration(
  migration: Preparing & { readonly route: RouteTable },
  account: Account,
  { applier }: { readonly applier: string },
): Promise<Turn> {
  await advanceTo(migration, 'complete');
  const { spec, journal, route, term, runtime } = migration;
  let gone = true;
  for (const [resource, tables] of spec.resources.entries())
    for (const side of ['source', 'target'] as const) {
      const capture = await begunCapture(journal, resource, side);
      if (capture) gone = (await removeCapture(account, applier, capture, tables[side].table)) && gone;
    }
  if (!gone) return { done: false, waitSeconds: POLL_SECONDS };
  const current = await route.read();
  if (current && !current.final) await route.finish(current);
  await journal.coordinator.leave(term, 'complete', runtime.now());
  return { done: true, waitSeconds: 0 };
}

/** @returns whether mapping and stream are gone. */
async function removeCapture(
  account: Account,
  applier: string,
  { stream, mapping, enabledByUs }: BegunCapture,
  tableName: string,
): Promise<boolean> {
  // Also one that was made by somebody who died before he could note it.
  const mapped = stream === undefined ? [] : await account.mappings(stream);
  const ids = mapped.filter(({ functionArn }) => functionArn === applier).map(({ id }) => id);
  let unmapped = true;
  for (const id of new Set(mapping === undefined ? ids : [mapping, ...ids])) {
    const state = await account.mappingState(id);
    if (state === undefined) continue;
    unmapped = false;
    if (state !== 'Deleting') await account.deleteMapping(id);
  }
  if (!unmapped) return false;
  if (!enabledByUs) return true;
  const table = await account.table(tableName);
  if (!table?.StreamSpecification?.StreamEnabled) return true;
  // One that nobody has noted was enabled by a turn that did not come to see it.
  if (stream !== undefined && table.LatestStreamArn !== stream) return true;
  await account.disableStream(tableName);
  return false;
}
