import { PermanentError } from '../../errors.ts';
import type { SpecTable } from '../../spec.ts';
import type { ResourceTargets } from '../resource-kind.ts';
import type { TableAccount } from './table-account.ts';
import { likeTable } from './table-description.ts';

/** The tables that are created for a migration. */
export class TableTargets implements ResourceTargets {
  readonly #account: TableAccount;

  constructor(account: TableAccount) {
    this.#account = account;
  }

  async prepare({ source, target }: SpecTable): Promise<boolean> {
    if (!target.create) return true;
    const table = await this.#account.table(target.table);
    if (table) return table.TableStatus === 'ACTIVE';
    const model = await this.#account.table(source.table);
    if (!model) throw new PermanentError(`the source table ${source.table} is gone`);
    const tags = await this.#account.tags(model.TableArn ?? '');
    await this.#account.createTable(likeTable(model, target.table, tags));
    return false;
  }
}
