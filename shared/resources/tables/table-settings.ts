import type { TableDescription } from '@aws-sdk/client-dynamodb';
import type { ResourceSettings, SeenSettings } from '../resource-kind.ts';
import type { TableAccount } from './table-account.ts';
import { isOnDemand } from './table-description.ts';
import { setRates } from './throughput.ts';

/** What others may set at a table. Whether its stream is on is seen by whoever reads it. */
export class TableSettings implements ResourceSettings {
  readonly #account: TableAccount;

  constructor(account: TableAccount) {
    this.#account = account;
  }

  async look(name: string): Promise<SeenSettings | undefined> {
    const table = await this.#account.table(name);
    if (!table) return undefined;
    const expiry = await this.#account.timeToLive(name);
    return {
      arn: table.TableArn ?? '',
      expiry,
      settings: {
        throughput: throughputText(table),
        indexes: indexNames(table) || 'none',
        'deletion protection': table.DeletionProtectionEnabled ? 'on' : 'off',
        'time to live': expiry.on ? `on (${expiry.attribute})` : 'off',
      },
    };
  }
}

function throughputText(table: TableDescription): string {
  const { read, write } = setRates(table);
  const most = (units: number | undefined) => (units === undefined ? 'no maximum' : `at most ${units}`);
  return isOnDemand(table)
    ? `on demand: read ${most(read)}, write ${most(write)}`
    : `provisioned: read ${read}, write ${write}`;
}

function indexNames({ GlobalSecondaryIndexes = [] }: TableDescription): string {
  return GlobalSecondaryIndexes.map(({ IndexName }) => IndexName)
    .sort()
    .join(', ');
}
