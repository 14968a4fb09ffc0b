import type {
  BackupDetails,
  CreateBackupCommandInput,
  CreateBackupCommandOutput,
  CreateTableCommandInput,
  CreateTableCommandOutput,
  DescribeBackupCommandInput,
  DescribeBackupCommandOutput,
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
import { inUse, validationError } from './errors.ts';
import type { Answer } from './item-commands.ts';
import type { Table } from './table.ts';
import { itemBytes } from './values.ts';

export function describeTable(
  database: Database,
  input: DescribeTableCommandInput,
): Answer<DescribeTableCommandOutput> {
  return { Table: description(database, database.table(input.TableName)) };
}

/** Turns a stream on or off: the one change of a table that the model knows. */
export function updateTable(
  database: Database,
  input: UpdateTableCommandInput,
): Answer<UpdateTableCommandOutput> {
  const table = database.table(input.TableName);
  const wanted = input.StreamSpecification;
  if (!wanted) throw new Error('the modelled DynamoDB updates the stream of a table only');
  if (table.stream?.status === 'ENABLING')
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
  if (database.has(name)) throw inUse(`Table already exists: ${name}`);
  const keyOf = (role: 'HASH' | 'RANGE') => {
    const attribute = input.KeySchema?.find(({ KeyType }) => KeyType === role)?.AttributeName;
    const type = input.AttributeDefinitions?.find(
      ({ AttributeName }) => AttributeName === attribute,
    )?.AttributeType;
    return attribute && type ? { name: attribute, type: type as 'S' | 'N' | 'B' } : undefined;
  };
  const [partitionKey, sortKey] = [keyOf('HASH'), keyOf('RANGE')];
  if (!partitionKey)
    throw validationError(
      'No Hash Key specified in schema. All Dynamo DB tables must have exactly one hash key',
    );
  const delay = database.random.int(0, database.limits.enableMilliseconds);
  const table = database.createTable(
    { name, partitionKey, ...(sortKey ? { sortKey } : {}) },
    '',
    database.now + delay,
  );
  return { TableDescription: description(database, table) };
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

/** A backup's ARN tells when it is available: nothing else of it is ever asked. */
export function createBackup(
  database: Database,
  input: CreateBackupCommandInput,
): Answer<CreateBackupCommandOutput> {
  const table = database.table(input.TableName);
  const availableAt = database.now + database.random.int(0, database.limits.enableMilliseconds);
  return {
    BackupDetails: backup(database, `${table.arn}/backup/${Math.ceil(availableAt)}`, input.BackupName),
  };
}

export function describeBackup(
  database: Database,
  input: DescribeBackupCommandInput,
): Answer<DescribeBackupCommandOutput> {
  return { BackupDescription: { BackupDetails: backup(database, input.BackupArn ?? '', 'backup') } };
}

function backup(database: Database, arn: string, name: string | undefined): BackupDetails {
  const availableAt = Number(arn.slice(arn.lastIndexOf('/') + 1));
  return {
    BackupArn: arn,
    BackupName: name,
    BackupStatus: database.now >= availableAt ? 'AVAILABLE' : 'CREATING',
    BackupType: 'USER',
    BackupCreationDateTime: new Date(database.now),
  };
}

function description(database: Database, table: Table): TableDescription {
  const { definition, stream } = table;
  const keys = [definition.partitionKey, ...(definition.sortKey ? [definition.sortKey] : [])];
  const items = table.items();
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
    ItemCount: items.length,
    TableSizeBytes: items.reduce((sum, item) => sum + itemBytes(item), 0),
    CreationDateTime: new Date(database.now),
    ...(stream && stream.status !== 'DISABLED'
      ? { StreamSpecification: { StreamEnabled: true, StreamViewType: stream.viewType } }
      : {}),
    ...(stream ? { LatestStreamArn: stream.arn, LatestStreamLabel: stream.label } : {}),
  };
}
