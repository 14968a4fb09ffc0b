import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  GetObjectAclCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { cityItems } from '../../infra/local/cities/cities.ts';
import { startCityApplication } from '../../infra/local/cities/city-application.ts';
import type { CityLedger } from '../../infra/local/cities/city-ledger.ts';
import { createTable, loadItems } from '../../infra/local/cities/city-table.ts';
import type { Item } from '../../infra/local/cities/item-text.ts';
import { Journal } from '../../shared/journal/journal.ts';
import { RouteTable } from '../../shared/route.ts';
import { routed } from '../../shared/router.ts';
import { systemRuntime } from '../../shared/runtime.ts';
import { readStatus, type Status } from '../../shared/status.ts';
import { reservedAttribute } from '../../shared/version.ts';
import { SPECIAL_KEYS } from '../contract/s3/special-keys.ts';
import { clientConfig, dynamodb, s3 } from './aws.ts';
import { assertSucceeded, Execution } from './execution.ts';
import { ObjectApplication, objectAt } from './object-application.ts';
import { BY_ITSELF, OBJECT_STACK, shopBuckets } from './object-stack.ts';
import { harmOf, NO_HARM } from './scene.ts';

const NAME = 'shop';
const PHOTOS = shopBuckets('photos', 'photos/', 'all/photos/');
const { source: SOURCE, target: TARGET } = PHOTOS;
/** Of these access control lists and locks travel, too. */
const VAULTS = shopBuckets('vault', '', 'vault/');
const { source: VAULT, target: VAULT_TARGET } = VAULTS;
const SOMEBODY = 'c'.repeat(64);
const KEPT = {
  open: { GrantRead: `id="${SOMEBODY}"` },
  held: { ObjectLockLegalHoldStatus: 'ON' },
  retained: {
    ObjectLockMode: 'GOVERNANCE',
    ObjectLockRetainUntilDate: new Date('2100-01-01T00:00:00Z'),
  },
} as const;
const TABLE = { source: OBJECT_STACK.sources[0], target: OBJECT_STACK.targets[0] };
/** The embedded AWS's IAM finds no line break in the `*` of a grant. */
const STILL = Object.values(SPECIAL_KEYS)
  .map(({ key }) => `still/${key}`)
  .filter((key) => Buffer.byteLength(`${TARGET.prefix}${key}`) <= 1_024 && !/[\n\r]/.test(key));
const LIVE = Array.from({ length: 12 }, (_, index) => `live/${index}`);
const ITEMS = 200;

/** A table and the objects below a prefix, which an application goes on to write, cut over as one unit. */
describe('a migration of a table and a bucket under live writes', () => {
  const outputs = inject('objectOutputs');
  let application: ObjectApplication;
  let status: Status | undefined;
  let seeded: Item[];
  let ledger: CityLedger;

  beforeAll(async () => {
    await createTable(dynamodb, TABLE.source);
    seeded = await cityItems(ITEMS);
    await loadItems(dynamodb, TABLE.source, seeded);
    for (const { bucket } of [SOURCE, TARGET]) await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    for (const { bucket } of [VAULT, VAULT_TARGET])
      await s3.send(
        new CreateBucketCommand({
          Bucket: bucket,
          ObjectLockEnabledForBucket: true,
          ObjectOwnership: 'ObjectWriter',
        }),
      );
    for (const [key, kept] of Object.entries(KEPT))
      await s3.send(
        new PutObjectCommand({
          Bucket: VAULT.bucket,
          Key: `${VAULT.prefix}${key}`,
          Body: key,
          ...kept,
        }),
      );
    for (const key of STILL)
      await s3.send(
        new PutObjectCommand({
          Bucket: SOURCE.bucket,
          Key: `${SOURCE.prefix}${key}`,
          Body: key,
          Metadata: { still: 'yes' },
        }),
      );
    const route = new RouteTable(dynamodb, outputs.RouteTable, NAME, systemRuntime);
    await route.create(
      [
        {
          ...TABLE,
          keys: [
            { name: 'cityId', type: 'N' },
            { name: 'record', type: 'S' },
          ],
        },
      ],
      reservedAttribute(NAME),
      [PHOTOS, VAULTS],
    );
    application = new ObjectApplication(SOURCE, {
      migration: NAME,
      routeTable: outputs.RouteTable,
      keys: LIVE,
    });
    const ofTable = startCityApplication({
      client: routed(new DynamoDBClient({ ...clientConfig, maxAttempts: 8 }), {
        migration: NAME,
        routeTable: outputs.RouteTable,
      }),
      ...{ table: TABLE.source, writers: 1, ratePerWriter: 5, seed: 1, items: seeded },
    });
    const execution = await Execution.start(
      {
        name: NAME,
        resources: [
          { source: { table: TABLE.source }, target: { table: TABLE.target, create: true } },
          PHOTOS,
          { ...VAULTS, acls: true, objectLock: true },
        ],
        copy: { workers: 2 },
        cutover: BY_ITSELF,
      },
      outputs.StateMachineArn,
    );
    assertSucceeded(await execution.ended());
    await application.stop();
    ledger = await ofTable.stop();
    status = await readStatus(new Journal(dynamodb, outputs.JournalTable, NAME, systemRuntime), Date.now());
  });

  it('fails no write, and brings each that was acknowledged', async () => {
    expect(application.failures).toEqual([]);
    expect(application.made.size).toBe(LIVE.length);
    for (const [key, made] of application.made)
      expect([key, await objectAt(TARGET, key)]).toEqual([key, made]);
  });

  it('brings every object whatever its name, with what it carries', async () => {
    for (const key of STILL)
      expect(await objectAt(TARGET, key)).toEqual({ body: key, metadata: { still: 'yes' }, tags: {} });
  });

  it('brings access control lists and locks where they are asked for', async () => {
    const at = (key: string) => ({ Bucket: VAULT_TARGET.bucket, Key: `${VAULT_TARGET.prefix}${key}` });
    const { Grants } = await s3.send(new GetObjectAclCommand(at('open')));
    expect(Grants).toMatchObject([{ Permission: 'READ', Grantee: { ID: SOMEBODY } }]);
    for (const key of ['held', 'retained'] as const)
      expect(await s3.send(new HeadObjectCommand(at(key)))).toMatchObject(KEPT[key]);
  });

  it('holds the writes of objects no longer than the pause', () => {
    const { announcedAt = 0, switchedAt = 0 } = status?.switched ?? {};
    expect(switchedAt).toBeGreaterThan(announcedAt);
    expect(application.longestMilliseconds).toBeLessThan(20_000);
  });

  it('moves the table with them', async () => {
    const { switchedAt } = status?.switched ?? {};
    expect(ledger.acknowledged).toBeGreaterThan(0);
    expect(await harmOf({ pair: TABLE, ledger, seeded, switchedAt })).toEqual(NO_HARM);
  });
});
