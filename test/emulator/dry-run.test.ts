import { ListBackupsCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { cityItems } from '../../infra/local/cities/cities.ts';
import { createTable, loadItems } from '../../infra/local/cities/city-table.ts';
import { dynamodb } from './aws.ts';
import { captureOf, NOT_CAPTURED } from './capture.ts';
import { assertSucceeded, Execution } from './execution.ts';
import { journalOf, reportOf } from './left-behind.ts';
import { TestMigration } from './migration.ts';
import { contentOf } from './table-content.ts';
import { tablePair } from './tables.ts';

const pair = tablePair('dry-run');
const migration = new TestMigration('dry-run', pair);

describe('a dry run', () => {
  let before: object;

  beforeAll(async () => {
    await createTable(dynamodb, pair.source);
    await dynamodb.send(new UpdateTableCommand({ TableName: pair.source, DeletionProtectionEnabled: true }));
    await loadItems(dynamodb, pair.source, await cityItems(200));
    await migration.createRoute();
    before = [await contentOf(pair.source), await migration.route()];
    const execution = await Execution.start(migration.spec({ dryRun: true }));
    assertSucceeded(await execution.ended(30));
  });

  it('ends with the report of what a migration would take', async () => {
    const { html, json } = await reportOf(migration.name);
    expect(json).toMatchObject({
      name: migration.name,
      outcome: { kind: 'dry-run' },
      resources: [{ ...pair, itemsAtPlan: 200, units: 1 }],
    });
    expect(json.notes).toContainEqual(expect.stringMatching(/^not compared: /));
    expect(json.toDo).toEqual([expect.stringMatching(/is protected from deletion, .* not yet/)]);
    expect(json.estimate?.dollars.most).toBeGreaterThan(0);
    expect(html).toContain(json.outcome.sentence);
  });

  it('touches nothing', async () => {
    expect([await contentOf(pair.source), await migration.route()]).toEqual(before);
    expect(await captureOf(pair.source)).toEqual(NOT_CAPTURED);
    await expect(contentOf(pair.target)).rejects.toThrow('not found');
    expect(await journalOf(migration.name)).toEqual([]);
    const { BackupSummaries } = await dynamodb.send(new ListBackupsCommand({ TableName: pair.source }));
    expect(BackupSummaries).toEqual([]);
  });
});
