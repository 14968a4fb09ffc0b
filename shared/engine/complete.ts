import type { Account } from '../account.ts';
import type { CaptureFact } from './prepare.ts';
import { captureId, type Preparing } from './prepare.ts';
import { advanceTo } from './progress.ts';
import type { Turn } from './ready.ts';

const POLL_SECONDS = 2;

/**
 * One turn of *complete*: removes the event source mappings, and the streams that the migration has enabled. The
 * route stays, pointing at the target, until it is retired.
 */
export async function completeMigration(migration: Preparing, account: Account): Promise<Turn> {
  await advanceTo(migration, 'complete');
  const { spec, journal, term, runtime } = migration;
  let waiting = false;
  for (const [resource, { source }] of spec.resources.entries()) {
    const capture = await journal.fact<CaptureFact>(captureId(resource));
    if (!capture) continue;
    const state = await account.mappingState(capture.mapping);
    if (state !== undefined) {
      if (state !== 'Deleting') await account.deleteMapping(capture.mapping);
      waiting = true;
      continue;
    }
    if (!capture.enabledByUs) continue;
    const table = await account.table(source.table);
    if (table?.StreamSpecification?.StreamEnabled && table.LatestStreamArn === capture.stream) {
      await account.disableStream(source.table);
      waiting = true;
    }
  }
  if (waiting) return { done: false, waitSeconds: POLL_SECONDS };
  await journal.coordinator.leave(term, 'complete', runtime.now());
  return { done: true, waitSeconds: 0 };
}
