import type { ResourceBackups } from '../resource-kind.ts';
import type { TableAccount } from './table-account.ts';

/** DynamoDB's on-demand backups, whose status is one of its own words. */
export class TableBackups implements ResourceBackups {
  readonly #account: TableAccount;

  constructor(account: TableAccount) {
    this.#account = account;
  }

  begin(table: string, backupName: string): Promise<string> {
    return this.#account.createBackup(table, backupName);
  }

  status(arn: string): Promise<string> {
    return this.#account.backupStatus(arn);
  }
}
