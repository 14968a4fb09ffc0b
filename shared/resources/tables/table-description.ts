import type { CreateTableCommandInput, TableDescription, Tag } from '@aws-sdk/client-dynamodb';
import type { RoutedTable } from '../../route.ts';

/** What a new on-demand table takes at once (DynamoDB Developer Guide, "Understanding warm throughput"). */
const NEW_ON_DEMAND = { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4_000 };

/** The key attributes of a table, the partition key first. */
export function keySchema({
  KeySchema = [],
  AttributeDefinitions = [],
}: TableDescription): RoutedTable['keys'] {
  return [...KeySchema]
    .sort((a, b) => (a.KeyType ?? '').localeCompare(b.KeyType ?? ''))
    .map(({ AttributeName = '' }) => ({
      name: AttributeName,
      type: (AttributeDefinitions.find((definition) => definition.AttributeName === AttributeName)
        ?.AttributeType ?? 'S') as 'S' | 'N' | 'B',
    }));
}

export function keyText(keys: RoutedTable['keys']): string {
  return keys.map(({ name, type }) => `${name} (${type})`).join(', ');
}

export function isOnDemand({ BillingModeSummary }: TableDescription): boolean {
  return BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST';
}

/** What creates a table like another one: keys, indexes, billing, encryption, class and tags. */
export function likeTable(
  source: TableDescription,
  name: string,
  tags: readonly Tag[],
): CreateTableCommandInput {
  const onDemand = isOnDemand(source);
  const throughput = (of: TableDescription['ProvisionedThroughput']) =>
    onDemand
      ? {}
      : {
          ProvisionedThroughput: {
            ReadCapacityUnits: of?.ReadCapacityUnits ?? 1,
            WriteCapacityUnits: of?.WriteCapacityUnits ?? 1,
          },
        };
  const local = source.LocalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
    IndexName,
    KeySchema,
    Projection,
  }));
  const global = source.GlobalSecondaryIndexes?.map(
    ({ IndexName, KeySchema, Projection, ProvisionedThroughput }) => ({
      IndexName,
      KeySchema,
      Projection,
      ...throughput(ProvisionedThroughput),
    }),
  );
  const { SSEDescription, TableClassSummary } = source;
  return {
    TableName: name,
    KeySchema: source.KeySchema,
    AttributeDefinitions: source.AttributeDefinitions,
    BillingMode: onDemand ? 'PAY_PER_REQUEST' : 'PROVISIONED',
    ...throughput(source.ProvisionedThroughput),
    ...(local?.length ? { LocalSecondaryIndexes: local } : {}),
    ...(global?.length ? { GlobalSecondaryIndexes: global } : {}),
    ...(SSEDescription?.SSEType === 'KMS' && SSEDescription.KMSMasterKeyArn
      ? {
          SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: SSEDescription.KMSMasterKeyArn },
        }
      : {}),
    ...(TableClassSummary?.TableClass ? { TableClass: TableClassSummary.TableClass } : {}),
    ...(tags.length > 0 ? { Tags: [...tags] } : {}),
  } as CreateTableCommandInput;
}

/** A table as DescribeTable will show it once it was created so; what was not given has AWS's default. */
export function describeCreated(input: CreateTableCommandInput): TableDescription {
  const { BillingMode, SSESpecification, TableClass } = input;
  return {
    ...input,
    BillingModeSummary: { BillingMode },
    ...(BillingMode === 'PAY_PER_REQUEST' ? { WarmThroughput: NEW_ON_DEMAND } : {}),
    ...(SSESpecification ? { SSEDescription: { KMSMasterKeyArn: SSESpecification.KMSMasterKeyId } } : {}),
    ...(TableClass ? { TableClassSummary: { TableClass } } : {}),
  };
}
