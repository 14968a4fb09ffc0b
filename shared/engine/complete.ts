import type { Account } from '../account.ts';
import type { RouteTable } from '../route.ts';
import type { CaptureFact } from './prepare.ts';
import { captureId, type Preparing } from './prepare.ts';
import { advanceTo } from './progress.ts';
import type { Turn } from './stand-by.ts';

const POLL_SECONDS = 2;

/**
 * One turn of *complete*: removes the event source mappings, and the streams that the migration has enabled. The
 * route stays, pointing at the side that the migration ended with, until it is retired.
 */
export async function completeMigration(
  migration: Preparing & { readonly route: RouteTable },
  account: Account,
): Promise<Turn> {
  await advanceTo(migration, 'complete');
  const { spec, journal, route, term, runtime } = migration;
  let gone = true;
  for (const [resource, tables] of spec.resources.entries())
    for (const side of ['source', 'target'] as const) {
      const capture = await journal.fact<CaptureFact>(captureId(resource, side));
      if (capture) gone = (await removeCapture(account, capture, tables[side].table)) && gone;
    }
  if (!gone) return { done: false, waitSeconds: POLL_SECONDS };
  const current = await route.read();
  if (current && !current.final) await route.finish(current);
  await journal.coordinator.leave(term, 'complete', runtime.now());
  return { done: true, waitSeconds: 0 };
}

/** @returns whether mapping and stream are gone. */
async function removeCapture(account: Account, capture: CaptureFact, tableName: string): Promise<boolean> {
  const state = await account.mappingState(capture.mapping);
  if (state !== undefined) {
    if (state !== 'Deleting') await account.deleteMapping(capture.mapping);
    return false;
  }
  if (!capture.enabledByUs) return true;
  const table = await account.table(tableName);
  if (!table?.StreamSpecification?.StreamEnabled || table.LatestStreamArn !== capture.stream) return true;
  await account.disableStream(tableName);
  return false;
}
