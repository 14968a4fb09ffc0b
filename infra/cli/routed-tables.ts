import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { isNamed } from '../../shared/errors.ts';
import { keySchema } from '../../shared/resources/tables/table-description.ts';
import type { RoutedTable } from '../../shared/route.ts';
import { CliError } from './cli-error.ts';
import type { AwsClients } from './context.ts';

/** A source and its target, as they were named. */
export type TablePair = Pick<RoutedTable, 'source' | 'target'>;

/**
 * Reads the key schema of each source.
 * @throws CliError that names every source which does not exist.
 */
export async function withKeys(
  dynamodb: AwsClients['dynamodb'],
  pairs: readonly TablePair[],
): Promise<RoutedTable[]> {
  const tables: RoutedTable[] = [];
  const missing: string[] = [];
  for (const pair of pairs) {
    const keys = await keysOf(dynamodb, pair.source);
    if (keys) tables.push({ ...pair, keys });
    else missing.push(pair.source);
  }
  if (missing.length > 0)
    throw new CliError(
      `there is no table ${missing.join(', ')}: the source must exist when its route is created; check the name and --region`,
    );
  return tables;
}

async function keysOf(
  dynamodb: AwsClients['dynamodb'],
  table: string,
): Promise<RoutedTable['keys'] | undefined> {
  try {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
    return Table && keySchema(Table);
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
}
