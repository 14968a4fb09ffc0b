import { PermanentError } from '../../errors.ts';
import type { ResourceTargets } from '../resource-kind.ts';
import type { TableAccount } from './table-account.ts';
import { likeTable } from './table-description.ts';

/** The tables that are created for a migration. */
export class TableTargets implements ResourceTargets {
  readonly #account: TableAccount;

  constructor(account: TableAccount) {
    this.#account = account;
  }

  async create(source: string, target: string): Promise<boolean> {
    const table = await this.#account.table(target);
    if (table) return table.TableStatus === 'ACTIVE';
    const model = await this.#account.table(source);
    if (!model) throw new PermanentError(`the source table ${source} is gone`);
    await this.#account.createTable(likeTable(model, target, await this.#account.tags(model.TableArn ?? '')));
    return false;
  }
}
