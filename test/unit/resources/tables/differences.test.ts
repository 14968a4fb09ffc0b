import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { leftToDo, tableDifferences } from '../../../../shared/resources/tables/differences.ts';
import type { TableLook } from '../../../../shared/resources/tables/table-look.ts';
import { description, streamOf } from './fake-account.ts';

const INDEX = {
  IndexName: 'by-name',
  KeySchema: [{ AttributeName: 'name', KeyType: 'HASH' as const }],
  Projection: { ProjectionType: 'ALL' as const },
};

function look(
  name: string,
  changes: Partial<TableDescription> = {},
  rest: Partial<TableLook> = {},
): TableLook {
  return {
    name,
    table: description(name, changes),
    tags: [],
    timeToLive: { on: false, attribute: '' },
    recoveryDays: 0,
    destinations: [],
    ...rest,
  };
}

const differences = (source: Partial<TableDescription>, target: Partial<TableDescription>) =>
  tableDifferences(look('orders', source), look('orders-v2', target));
const toDo = (source: TableLook, target = look('orders-v2')) => leftToDo(source, target);

it('says nothing of two tables that are alike', () => {
  const like = { GlobalSecondaryIndexes: [INDEX], WarmThroughput: { ReadUnitsPerSecond: 5 } };
  expect(differences(like, like)).toEqual([]);
  expect(toDo(look('orders'))).toEqual([]);
});

const PROVISIONED = { BillingModeSummary: { BillingMode: 'PROVISIONED' as const } };

it.each([
  {
    what: 'billing modes, and not the throughput of different kinds',
    source: {},
    target: { ...PROVISIONED, ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
    says: ['billing mode: PAY_PER_REQUEST at orders, PROVISIONED at orders-v2'],
  },
  {
    what: 'provisioned throughput',
    source: { ...PROVISIONED, ProvisionedThroughput: { ReadCapacityUnits: 9, WriteCapacityUnits: 8 } },
    target: { ...PROVISIONED, ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 8 } },
    says: ['provisioned capacity: 8 write, 9 read at orders, 8 write, 1 read at orders-v2'],
  },
  {
    what: 'a maximum of on-demand throughput',
    source: { OnDemandThroughput: { MaxReadRequestUnits: -1, MaxWriteRequestUnits: 50 } },
    target: {},
    says: ['maximum on-demand throughput: 50 write at orders, none at orders-v2'],
  },
  {
    what: 'warm throughput, also of an index',
    source: {
      WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 9_000 },
      GlobalSecondaryIndexes: [{ ...INDEX, WarmThroughput: { WriteUnitsPerSecond: 9_000 } }],
    },
    target: {
      WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4_000 },
      GlobalSecondaryIndexes: [{ ...INDEX, WarmThroughput: { WriteUnitsPerSecond: 4_000 } }],
    },
    says: [
      'warm throughput: 9000 write, 12000 read at orders, 4000 write, 12000 read at orders-v2',
      'warm throughput of index by-name: 9000 write at orders, 4000 write at orders-v2',
    ],
  },
  {
    what: 'nothing of a warm throughput that is not known',
    source: { WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4_000 } },
    target: { WarmThroughput: { ReadUnitsPerSecond: 0, WriteUnitsPerSecond: 0 } },
    says: [],
  },
  {
    what: 'table class and encryption key',
    source: {
      TableClassSummary: { TableClass: 'STANDARD_INFREQUENT_ACCESS' as const },
      SSEDescription: { SSEType: 'KMS' as const, KMSMasterKeyArn: 'key' },
    },
    target: {},
    says: [
      'table class: STANDARD_INFREQUENT_ACCESS at orders, STANDARD at orders-v2',
      'encryption key: key at orders, owned by AWS at orders-v2',
    ],
  },
  {
    what: 'indexes by their keys and projections',
    source: {
      GlobalSecondaryIndexes: [INDEX],
      LocalSecondaryIndexes: [INDEX],
      VectorIndexes: [{ IndexName: 'alike' }],
    },
    target: {
      GlobalSecondaryIndexes: [
        { ...INDEX, Projection: { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: ['b', 'a'] } },
      ],
    },
    says: [
      'global secondary indexes: by-name (name HASH; ALL) at orders, by-name (name HASH; INCLUDE a b) at orders-v2',
      'local secondary indexes: by-name (name HASH; ALL) at orders, none at orders-v2',
      'vector indexes: alike at orders, none at orders-v2',
    ],
  },
])('says how tables differ: $what', ({ source, target, says }) => {
  expect(differences(source, target)).toEqual(says);
});

const KINESIS = 'arn:aws:kinesis:us-east-1:000000000000:stream/orders';

it('says what the target lacks of its source, and what gives it to the target', () => {
  const source = look(
    'orders',
    { DeletionProtectionEnabled: true, ...streamOf('arn', 'NEW_IMAGE') },
    {
      tags: [
        { Key: 'team', Value: "data's" },
        { Key: 'stage', Value: 'production' },
      ],
      timeToLive: { on: true, attribute: 'expires at' },
      recoveryDays: 35,
      destinations: [KINESIS],
    },
  );
  const target = look('orders-v2', {}, { tags: [{ Key: 'stage', Value: 'production' }] });
  expect(toDo(source, target)).toEqual([
    "orders lets items expire (time to live by expires at), orders-v2 not yet; when the migration is complete: aws dynamodb update-time-to-live --table-name orders-v2 --time-to-live-specification 'Enabled=true,AttributeName=expires at'",
    'orders has a stream, orders-v2 not yet; when the migration is complete, if it is read: aws dynamodb update-table --table-name orders-v2 --stream-specification StreamEnabled=true,StreamViewType=NEW_IMAGE',
    `orders sends its changes to ${KINESIS}, orders-v2 not yet; when the migration is complete: aws dynamodb enable-kinesis-streaming-destination --table-name orders-v2 --stream-arn ${KINESIS}`,
    'orders has point-in-time recovery for 35 days, orders-v2 not yet; at any time: aws dynamodb update-continuous-backups --table-name orders-v2 --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true,RecoveryPeriodInDays=35',
    'orders is protected from deletion, orders-v2 not yet; at any time: aws dynamodb update-table --table-name orders-v2 --deletion-protection-enabled',
    `orders has the tags team=data's, orders-v2 not yet; at any time: aws dynamodb tag-resource --resource-arn ${target.table.TableArn} --tags '[{"Key":"team","Value":"data'\\''s"}]'`,
  ]);
});

it('says nothing of what the target has, or has more of', () => {
  const had = {
    tags: [{ Key: 'team', Value: 'data' }],
    timeToLive: { on: true, attribute: 'expiresAt' },
    destinations: [KINESIS],
  };
  const source = look(
    'orders',
    { DeletionProtectionEnabled: true, ...streamOf('a') },
    { ...had, recoveryDays: 7 },
  );
  const target = look(
    'orders-v2',
    { DeletionProtectionEnabled: true, ...streamOf('b') },
    { ...had, tags: [...had.tags, { Key: 'more', Value: '' }], recoveryDays: 35 },
  );
  expect(toDo(source, target)).toEqual([]);
  expect(toDo(look('orders'), target)).toEqual([]);
});

it.each([
  { who: 'source', of: (refused: TableLook, full: TableLook) => toDo(refused, full) },
  { who: 'target', of: (refused: TableLook, full: TableLook) => toDo(full, refused) },
])('says nothing of what could not be looked at, of the $who', ({ of }) => {
  const none = { tags: undefined, timeToLive: undefined, recoveryDays: undefined, destinations: undefined };
  const full = {
    tags: [{ Key: 'team', Value: 'data' }],
    timeToLive: { on: true, attribute: 'expiresAt' },
    recoveryDays: 35,
    destinations: [KINESIS],
  };
  expect(of(look('refused', {}, none), look('full', {}, full))).toEqual([]);
});
