import { assertPermitted } from '../journal/gate.ts';
import type { Page } from '../stores/store.ts';
import { epochStart, versionValue } from '../version.ts';
import { resourceOf, type UnitMigration } from './migration.ts';
import { addCounts, type UnitAnswer, workOnUnit } from './unit.ts';

/**
 * Copies one unit, page by page. A copied item never overwrites: whatever stands under its key is as new or newer.
 * The next page is read while the last one is written; the position moves only when the write has been answered.
 */
export function copyUnit(migration: UnitMigration, number: number): Promise<UnitAnswer> {
  const { journal, runtime, deadline } = migration;
  return workOnUnit(migration, 'copy', number, async (unit) => {
    const { source, target } = resourceOf(migration, unit.resource);
    const permit = await journal.gate.take('copy', deadline);
    let ahead: { readonly cursor: string | undefined; readonly page: Promise<Page> } | undefined;
    const pageAt = (cursor: string | undefined): Promise<Page> => {
      const page = ahead && ahead.cursor === cursor ? ahead.page : source.scan(unit, cursor);
      ahead = undefined;
      return page;
    };
    const readAhead = (cursor: string): void => {
      const page = source.scan(unit, cursor);
      page.catch(() => undefined); // Its error is thrown where the page is used.
      ahead = { cursor, page };
    };
    return {
      async step({ position, counts }) {
        const page = await pageAt(position);
        if (page.next !== undefined) readAhead(page.next);
        assertPermitted(permit, runtime.now());
        const { inserted, existing, rejected } = await target.insertAbsent(page);
        const version = versionValue(epochStart(permit.epoch), 'item', Math.floor(runtime.now() / 1000));
        await journal.lists.add(
          'quarantine',
          rejected.map(({ key, reason }) => ({
            resource: unit.resource,
            key,
            version,
            reason: `copy: ${reason}`,
          })),
        );
        return {
          ...(page.next === undefined ? {} : { position: page.next }),
          counts: addCounts(counts, {
            items: page.count,
            bytes: page.bytes,
            pages: 1,
            inserted,
            existing,
            rejected: rejected.length,
          }),
          done: page.next === undefined,
        };
      },
      async end() {
        await ahead?.page.catch(() => undefined);
        await journal.gate.give(permit, target.outcomesKnown());
      },
    };
  });
}
