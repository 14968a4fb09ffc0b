import type { CreateTableCommandInput, TableDescription, Tag } from '@aws-sdk/client-dynamodb';
import type { RoutedTable } from '../route.ts';

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

/** What creates a table like another one: keys, indexes, billing, encryption, class and tags. */
export function likeTable(
  source: TableDescription,
  name: string,
  tags: readonly Tag[],
): CreateTableCommandInput {
  const onDemand = source.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST';
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

/** What does not travel with the items, or differs between both tables, in words. */
export function tableDifferences(source: TableDescription, target: TableDescription | undefined): string[] {
  const name = source.TableName;
  const notes: string[] = [];
  if (source.DeletionProtectionEnabled && !target?.DeletionProtectionEnabled)
    notes.push(`${name} is protected from deletion; the target is not: protect it after the cutover`);
  if (!target) return notes;
  const compare = (what: string, of: (table: TableDescription) => string) => {
    if (of(source) !== of(target))
      notes.push(
        `${what} differ: ${of(source) || 'none'} on the source, ${of(target) || 'none'} on the target`,
      );
  };
  compare('global secondary indexes', ({ GlobalSecondaryIndexes = [] }) =>
    GlobalSecondaryIndexes.map(({ IndexName }) => IndexName)
      .sort()
      .join(', '),
  );
  compare('local secondary indexes', ({ LocalSecondaryIndexes = [] }) =>
    LocalSecondaryIndexes.map(({ IndexName }) => IndexName)
      .sort()
      .join(', '),
  );
  compare('billing modes', ({ BillingModeSummary }) => BillingModeSummary?.BillingMode ?? 'PROVISIONED');
  compare('encryption keys', ({ SSEDescription }) => SSEDescription?.KMSMasterKeyArn ?? 'owned by AWS');
  return notes;
}
