import { expect, it } from 'vitest';
import {
  describeCreated,
  keySchema,
  keyText,
  likeTable,
} from '../../../../shared/resources/tables/table-description.ts';
import { description } from './fake-account.ts';

const INDEX = {
  IndexName: 'by-name',
  KeySchema: [{ AttributeName: 'name', KeyType: 'HASH' as const }],
  Projection: { ProjectionType: 'ALL' as const },
};

it('gives the partition key first, whatever the order of the description', () => {
  const table = description('t', {
    KeySchema: [
      { AttributeName: 'at', KeyType: 'RANGE' },
      { AttributeName: 'id', KeyType: 'HASH' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'at', AttributeType: 'N' },
      { AttributeName: 'id', AttributeType: 'B' },
    ],
  });
  expect(keyText(keySchema(table))).toBe('id (B), at (N)');
});

it('creates a table like another one: keys, indexes, billing, encryption, class and tags', () => {
  const source = description('source', {
    GlobalSecondaryIndexes: [{ ...INDEX, IndexStatus: 'ACTIVE', ItemCount: 5 }],
    LocalSecondaryIndexes: [{ ...INDEX, IndexName: 'local', IndexSizeBytes: 5 }],
    SSEDescription: { SSEType: 'KMS', KMSMasterKeyArn: 'key', Status: 'ENABLED' },
    TableClassSummary: { TableClass: 'STANDARD_INFREQUENT_ACCESS' },
  });
  expect(likeTable(source, 'target', [{ Key: 'team', Value: 'x' }])).toEqual({
    TableName: 'target',
    KeySchema: source.KeySchema,
    AttributeDefinitions: source.AttributeDefinitions,
    BillingMode: 'PAY_PER_REQUEST',
    GlobalSecondaryIndexes: [INDEX],
    LocalSecondaryIndexes: [{ ...INDEX, IndexName: 'local' }],
    SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: 'key' },
    TableClass: 'STANDARD_INFREQUENT_ACCESS',
    Tags: [{ Key: 'team', Value: 'x' }],
  });
});

it('gives a provisioned table, and each of its indexes, the throughput of its model', () => {
  const { BillingModeSummary: _, ...provisioned } = description('source', {
    ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 8, NumberOfDecreasesToday: 1 },
    GlobalSecondaryIndexes: [
      { ...INDEX, ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 4 } },
    ],
  });
  expect(likeTable(provisioned, 'target', [])).toMatchObject({
    BillingMode: 'PROVISIONED',
    ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 8 },
    GlobalSecondaryIndexes: [{ ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 4 } }],
  });
});

it('describes a table that is created so as DescribeTable will show it', () => {
  const encrypted = { SSEDescription: { SSEType: 'KMS', KMSMasterKeyArn: 'key' } } as const;
  const source = description('source', { ...encrypted, GlobalSecondaryIndexes: [INDEX] });
  expect(describeCreated(likeTable(source, 'target', []))).toMatchObject({
    TableName: 'target',
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    GlobalSecondaryIndexes: [INDEX],
    SSEDescription: { KMSMasterKeyArn: 'key' },
    WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4_000 },
  });
});
