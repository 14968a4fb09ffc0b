import type { Tag } from '@aws-sdk/client-dynamodb';

// What a user is told to run, with the AWS CLI.

export function setTimeToLive(table: string, attribute: string, on: boolean): string {
  return dynamodb(
    'update-time-to-live',
    table,
    `--time-to-live-specification ${quoted(`Enabled=${on},AttributeName=${attribute}`)}`,
  );
}

export function protectFromDeletion(table: string): string {
  return dynamodb('update-table', table, '--deletion-protection-enabled');
}

export function enableRecovery(table: string, days: number): string {
  const specification = `PointInTimeRecoveryEnabled=true,RecoveryPeriodInDays=${days}`;
  return dynamodb(
    'update-continuous-backups',
    table,
    `--point-in-time-recovery-specification ${specification}`,
  );
}

export function enableStream(table: string, viewType: string): string {
  return dynamodb(
    'update-table',
    table,
    `--stream-specification StreamEnabled=true,StreamViewType=${viewType}`,
  );
}

export function setDestination(table: string, stream: string, on: boolean): string {
  const operation = `${on ? 'enable' : 'disable'}-kinesis-streaming-destination`;
  return dynamodb(operation, table, `--stream-arn ${stream}`);
}

export function addTags(tableArn: string, tags: readonly Tag[]): string {
  return `aws dynamodb tag-resource --resource-arn ${tableArn} --tags ${quoted(JSON.stringify(tags))}`;
}

export function deleteMapping(id: string): string {
  return `aws lambda delete-event-source-mapping --uuid ${id}`;
}

/** A change of what a table, or one of its indexes, takes: `values` by the setting's own names. */
export function setThroughput(
  place: { readonly table: string; readonly index?: string | undefined },
  setting: { readonly flag: string; readonly name: string },
  values: Readonly<Record<string, number>>,
): string {
  const { table, index } = place;
  if (index === undefined) {
    const pairs = Object.entries(values).map(([name, value]) => `${name}=${value}`);
    return dynamodb('update-table', table, `--${setting.flag} ${pairs.join(',')}`);
  }
  const update = [{ Update: { IndexName: index, [setting.name]: values } }];
  return dynamodb(
    'update-table',
    table,
    `--global-secondary-index-updates ${quoted(JSON.stringify(update))}`,
  );
}

function dynamodb(operation: string, table: string, options: string): string {
  return `aws dynamodb ${operation} --table-name ${table} ${options}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
