import type {
  CreateTableCommandInput,
  CreateTableCommandOutput,
  DescribeTableCommandInput,
  DescribeTableCommandOutput,
  DescribeTimeToLiveCommandInput,
  DescribeTimeToLiveCommandOutput,
  ListTagsOfResourceCommandInput,
  ListTagsOfResourceCommandOutput,
  TableDescription,
  UpdateTableCommandInput,
  UpdateTableCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Database } from './database.ts';
import { inUse, notFound, validationError } from './errors.ts';
import type { Answer } from './service.ts';
import type { Table } from './table.ts';

export function describeTable(
  database: Database,
  input: DescribeTableCommandInput,
): Answer<DescribeTableCommandOutput> {
  const table = database.table(input.TableName);
  // What describes a table is read without consistency: a new one may not be seen at once.
  if (database.now < table.describedFrom)
    throw notFound(`Requested resource not found: Table: ${table.name} not found`);
  return { Table: description(database, table) };
}

/** Turns a stream on or off: the one change of a table that the model knows. */
export function updateTable(
  database: Database,
  input: UpdateTableCommandInput,
): Answer<UpdateTableCommandOutput> {
  const table = database.table(input.TableName);
  const wanted = input.StreamSpecification;
  if (!wanted) throw new Error('the modelled DynamoDB updates the stream of a table only');
  if (table.stream?.status === 'ENABLING' || database.now < table.activeAt)
    throw inUse(`Attempt to change a resource which is still in use: Table is being updated: ${table.name}`);
  const enabled = table.stream?.status === 'ENABLED';
  if (wanted.StreamEnabled && enabled) throw validationError('Table already has an enabled stream');
  if (!wanted.StreamEnabled && !enabled) throw validationError('Table has no stream to disable');
  if (wanted.StreamEnabled) {
    const viewType = wanted.StreamViewType;
    if (!viewType)
      throw validationError('One or more parameter values were invalid: StreamViewType is missing');
    database.enableStream(table, viewType, database.random.int(1, database.limits.shards), false);
  } else table.stream?.disable();
  return { TableDescription: description(database, table) };
}

export function createTable(
  database: Database,
  input: CreateTableCommandInput,
): Answer<CreateTableCommandOutput> {
  const name = input.TableName ?? '';
  checkDefinition(input);
  if (database.has(name)) throw inUse(`Table already exists: ${name}`);
  const keyOf = (role: 'HASH' | 'RANGE') => {
    const attribute = input.KeySchema?.find(({ KeyType }) => KeyType === role)?.AttributeName;
    const type = input.AttributeDefinitions?.find(
      ({ AttributeName }) => AttributeName === attribute,
    )?.AttributeType;
    return attribute && type ? { name: attribute, type: type as 'S' | 'N' | 'B' } : undefined;
  };
  const [partitionKey, sortKey] = [keyOf('HASH'), keyOf('RANGE')];
  if (!partitionKey || (input.KeySchema?.length === 2 && !sortKey))
    throw validationError(
      'One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions',
    );
  const active = database.random.int(0, database.limits.enableMilliseconds);
  const described = database.random.int(0, Math.min(active, database.limits.staleMilliseconds));
  const table = database.createTable({ name, partitionKey, ...(sortKey ? { sortKey } : {}) }, '', {
    active,
    described,
  });
  table.count();
  return { TableDescription: description(database, table) };
}

const TABLE_NAME = /^[\w.-]{3,255}$/;

function checkDefinition(input: CreateTableCommandInput): void {
  const {
    TableName = '',
    KeySchema = [],
    AttributeDefinitions = [],
    BillingMode,
    ProvisionedThroughput,
  } = input;
  const invalid = 'One or more parameter values were invalid:';
  if (!TABLE_NAME.test(TableName)) throw validationError(`Invalid table name: ${TableName}`);
  if (AttributeDefinitions.length !== KeySchema.length)
    throw validationError(
      `${invalid} Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions`,
    );
  if ((BillingMode ?? 'PROVISIONED') === 'PROVISIONED' && !ProvisionedThroughput)
    throw validationError(
      `${invalid} ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED`,
    );
  if (BillingMode === 'PAY_PER_REQUEST' && ProvisionedThroughput)
    throw validationError(
      `${invalid} Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
    );
}

export function describeTimeToLive(
  database: Database,
  input: DescribeTimeToLiveCommandInput,
): Answer<DescribeTimeToLiveCommandOutput> {
  database.table(input.TableName);
  return { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } };
}

export function listTags(
  database: Database,
  input: ListTagsOfResourceCommandInput,
): Answer<ListTagsOfResourceCommandOutput> {
  database.table(input.ResourceArn);
  return { Tags: [] };
}

function description(database: Database, table: Table): TableDescription {
  const { definition, stream } = table;
  const keys = [definition.partitionKey, ...(definition.sortKey ? [definition.sortKey] : [])];
  const { items, bytes } = table.statistics();
  return {
    TableName: table.name,
    TableArn: table.arn,
    TableStatus:
      database.now < table.activeAt ? 'CREATING' : stream?.status === 'ENABLING' ? 'UPDATING' : 'ACTIVE',
    KeySchema: keys.map(({ name }, index) => ({
      AttributeName: name,
      KeyType: index === 0 ? 'HASH' : 'RANGE',
    })),
    AttributeDefinitions: keys.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    ItemCount: items,
    TableSizeBytes: bytes,
    CreationDateTime: new Date(table.createdAt),
    ...(stream && stream.status !== 'DISABLED'
      ? { StreamSpecification: { StreamEnabled: true, StreamViewType: stream.viewType } }
      : {}),
    ...(stream ? { LatestStreamArn: stream.arn, LatestStreamLabel: stream.label } : {}),
  };
}
