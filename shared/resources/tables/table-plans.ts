import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { PermanentError } from '../../errors.ts';
import { PRICES } from '../../prices.ts';
import type { SpecTable } from '../../spec.ts';
import type { Effort, PlannedTable, Range } from '../planned-resource.ts';
import type { PlanProps, ResourcePlan, ResourcePlans } from '../resource-kind.ts';
import { alarmsLeft } from './alarms.ts';
import { leftToDo, tableDifferences } from './differences.ts';
import type { TableAccount } from './table-account.ts';
import { keySchema } from './table-description.ts';
import { lookAtTable, lookOfCreated } from './table-look.ts';

/** Write units a second: what a new on-demand table takes at once, and the default quota of a table. */
const WRITE_UNITS_PER_SECOND = { least: 4_000, most: 40_000 };
/** Items a second that one worker writes, by its request latency: to be measured on AWS. */
const ITEMS_PER_WORKER_SECOND = { least: 1_000, most: 8_000 };

/** Plans of tables, from their descriptions. */
export class TablePlans implements ResourcePlans {
  readonly notCompared =
    'not compared: auto scaling, Contributor Insights and resource policies of the tables';
  readonly #account: TableAccount;

  constructor(account: TableAccount) {
    this.#account = account;
  }

  async plan({ source, target }: SpecTable, props: PlanProps): Promise<ResourcePlan> {
    const { lookUps, alarms = [] } = props;
    const table = await this.#account.table(source.table);
    if (!table) throw new PermanentError(`the source table ${source.table} is gone`);
    const ours = await lookAtTable(this.#account, lookUps, table);
    const existing = await this.#account.table(target.table);
    const theirs = existing
      ? await lookAtTable(this.#account, lookUps, existing)
      : lookOfCreated(ours, target.table);
    const resource = plannedTable(table, target.table, props);
    return {
      resource,
      effort: effortOf(resource),
      notes: [...tableDifferences(ours, theirs), ...mechanismNotes(table)],
      toDo: [...leftToDo(ours, theirs), ...alarmsLeft(alarms, source.table, target.table)],
    };
  }
}

function plannedTable(
  table: TableDescription,
  target: string,
  { mostUnits, unitBytes }: PlanProps,
): PlannedTable {
  const { ItemCount: items = 0, TableSizeBytes: bytes = 0, TableName: source = '' } = table;
  const segments = Math.max(1, Math.min(mostUnits, Math.ceil(bytes / unitBytes)));
  return { kind: 'table', source, target, keys: keySchema(table), items, bytes, segments };
}

/** A consistent read of 4 KB is one unit, a write of 1 KB is one unit for the table and one for each index that holds the item. */
function effortOf({ items, bytes }: PlannedTable): Effort {
  const kilobytes = Math.max(1, Math.ceil(bytes / Math.max(1, items) / 1_024));
  const writeUnits: Range = [items * kilobytes, items * kilobytes * 2];
  const reads = 3 * Math.ceil(bytes / 4_096);
  const readUnits: Range = [reads, reads * 2];
  const dollars = (writes: number, read: number) => writes * PRICES.writeUnit + read * PRICES.readUnit;
  return {
    readUnits,
    writeUnits,
    dollars: [dollars(writeUnits[0], readUnits[0]), dollars(writeUnits[1], readUnits[1])],
    storeSeconds: [writeUnits[0] / WRITE_UNITS_PER_SECOND.most, writeUnits[1] / WRITE_UNITS_PER_SECOND.least],
    workerSeconds: [items / ITEMS_PER_WORKER_SECOND.most, items / ITEMS_PER_WORKER_SECOND.least],
  };
}

/** When something else of AWS's own fits better, it is said. */
function mechanismNotes({ TableName, ItemCount = 0 }: TableDescription): string[] {
  if (ItemCount === 0)
    return [
      `${TableName} holds no items (its count is updated every six hours): for an empty table, switch the application's configuration instead`,
    ];
  return [
    `${TableName}: if the application can stop writing for a while, an export to S3 and an import into a new table cost less`,
  ];
}
