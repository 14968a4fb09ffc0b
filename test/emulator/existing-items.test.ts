import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { cityItems, cityKey } from '../../infra/local/cities/cities.ts';
import { createTable, loadItems } from '../../infra/local/cities/city-table.ts';
import type { Item } from '../../infra/local/cities/item-text.ts';
import type { MigrationReport } from '../../shared/report/report.ts';
import { dynamodb } from './aws.ts';
import { captureOf, enableStream } from './capture.ts';
import { Execution } from './execution.ts';
import { LARGE } from './large-item.ts';
import { reportOf } from './left-behind.ts';
import { TestMigration } from './migration.ts';
import { contentOf } from './table-content.ts';
import { tablePair } from './tables.ts';

const pair = tablePair('existing-items');
const migration = new TestMigration('existing-items', pair);

/** So many attributes that no PartiQL statement holds their names. */
const WIDE: Item = {
  ...cityKey(1, 'wide'),
  ...Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`an attribute with a long name ${index}`, { BOOL: true }]),
  ),
};

describe('a migration to a table that holds items', () => {
  let report: MigrationReport;

  beforeAll(async () => {
    const seeded = [...(await cityItems(300)), WIDE];
    await createTable(dynamodb, pair.source);
    await loadItems(dynamodb, pair.source, seeded);
    await enableStream(pair.source, 'NEW_AND_OLD_IMAGES');
    await createTable(dynamodb, pair.target);
    await loadItems(dynamodb, pair.target, [
      ...seeded.slice(0, 100),
      ...seeded.slice(100, 130).map((item) => ({ ...item, population: { N: '-1' } })),
      ...Array.from({ length: 20 }, (_, index) => cityKey(index, 'only here')),
    ]);
    await migration.createBriefRoute();

    const execution = await Execution.start({
      ...migration.spec({ cutover: { routers: 0 } }),
      resources: [
        {
          source: { table: pair.source },
          target: { table: pair.target },
          existingItems: 'replace',
        },
      ],
    });
    await migration.standsReady(execution);
    await dynamodb.send(new PutItemCommand({ TableName: pair.source, Item: LARGE }));
    const { cityId, record } = seeded[0] as Item;
    await dynamodb.send(new DeleteItemCommand({ TableName: pair.source, Key: { cityId, record } as Item }));
    await migration.approve(execution);
    await execution.succeeded();
    report = (await reportOf(migration.name)).json;
  });

  it('makes both sides equal', async () => {
    const source = await contentOf(pair.source);
    expect(Object.keys(source)).toHaveLength(301);
    expect(await contentOf(pair.target)).toEqual(source);
  });

  it('says how many items it has repaired', () => {
    expect(report.compare).toMatchObject({ mismatches: 50, repaired: 50, notRepaired: 0 });
  });

  it('has backed up the target, too', () => {
    expect(report.backups?.map(({ table }) => table).sort()).toEqual([pair.source, pair.target]);
    for (const { status } of report.backups ?? []) expect(status).toBe('AVAILABLE');
  });

  it('leaves a stream on that was on before, without its own reader', async () => {
    expect(await captureOf(pair.source)).toEqual({ stream: true, mappings: 0 });
  });
});
