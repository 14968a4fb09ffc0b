import type { CreateTableCommandInput, TableDescription, Tag } from '@aws-sdk/client-dynamodb';
import type { Account } from '../../../../shared/account.ts';
import type { ByKind, Expiry } from '../../../../shared/resources/resource-kind.ts';
import type { Mapping, TableAccount } from '../../../../shared/resources/tables/table-account.ts';
import { TableCaptures } from '../../../../shared/resources/tables/table-captures.ts';
import { forTables } from '../../../for-tables.ts';

/** A table as DescribeTable shows it. */
export function description(name: string, changes: Partial<TableDescription> = {}): TableDescription {
  return {
    TableName: name,
    TableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`,
    TableStatus: 'ACTIVE',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    ItemCount: 1_000,
    TableSizeBytes: 1_000_000,
    ...changes,
  };
}

/** A table's stream, as DescribeTable shows it. */
export function streamOf(arn: string, viewType = 'NEW_AND_OLD_IMAGES'): Partial<TableDescription> {
  return {
    LatestStreamArn: arn,
    StreamSpecification: { StreamEnabled: true, StreamViewType: viewType as 'NEW_AND_OLD_IMAGES' },
  };
}

type Look = keyof Account | keyof TableAccount;
type Methods = Pick<Account, keyof Account> & Pick<TableAccount, keyof TableAccount>;

/** The function of the migrator that changes are given to. */
export const APPLIER = 'applier';

/** An account in memory. `changed` tells, in order, what was changed in it. */
export class FakeAccount implements Methods {
  readonly changed: string[] = [];
  readonly tables = new Map<string, TableDescription>();
  readonly states = new Map<string, string>();
  readonly running = new Set<string>();
  /** Look-ups that the account refuses. */
  readonly refused = new Set<Look>();
  /** Mappings of any stream that were there before. */
  readers: Mapping[] = [];
  readonly #made = new Map<string, Mapping[]>();
  backup = 'CREATING';
  concurrency = 1_000;
  /** Attributes by which items expire, tags, days of recovery and Kinesis data streams of tables, by their names. */
  readonly expiring = new Map<string, string>();
  readonly labels = new Map<string, Tag[]>();
  readonly recovery = new Map<string, number>();
  readonly kinesis = new Map<string, string[]>();

  constructor(...tables: readonly TableDescription[]) {
    for (const table of tables) this.tables.set(table.TableName ?? '', table);
  }

  /** The engine asks for the class, whose clients nobody else can have. */
  get asAccount(): Account {
    return this as unknown as Account;
  }

  get asTables(): TableAccount {
    return this as unknown as TableAccount;
  }

  get captures(): ByKind<TableCaptures> {
    return forTables(new TableCaptures(this.asTables, APPLIER));
  }

  change(name: string, changes: Partial<TableDescription>): void {
    this.tables.set(name, { ...description(name), ...this.tables.get(name), ...changes });
  }

  async table(name: string): Promise<TableDescription | undefined> {
    this.#look('table');
    return this.tables.get(name);
  }

  async timeToLive(table: string): Promise<Expiry> {
    this.#look('timeToLive');
    return { on: this.expiring.has(table), attribute: this.expiring.get(table) ?? '' };
  }

  async recoveryDays(table: string): Promise<number> {
    this.#look('recoveryDays');
    return this.recovery.get(table) ?? 0;
  }

  async destinations(table: string): Promise<string[]> {
    this.#look('destinations');
    return this.kinesis.get(table) ?? [];
  }

  async tags(tableArn: string): Promise<Tag[]> {
    this.#look('tags');
    return this.labels.get(tableArn.slice(tableArn.indexOf('/') + 1)) ?? [];
  }

  async createTable({ TableName = '', Tags = [] }: CreateTableCommandInput): Promise<void> {
    this.changed.push(`create ${TableName} tagged ${Tags.map(({ Key }) => Key).join(',')}`);
    this.tables.set(TableName, description(TableName, { TableStatus: 'CREATING' }));
  }

  async enableStream(table: string): Promise<void> {
    this.changed.push(`enable the stream of ${table}`);
    this.change(table, streamOf(`stream of ${table}`));
  }

  async disableStream(table: string): Promise<void> {
    this.changed.push(`disable the stream of ${table}`);
    this.change(table, { StreamSpecification: { StreamEnabled: false } });
  }

  async createBackup(table: string): Promise<string> {
    this.changed.push(`back up ${table}`);
    return `backup of ${table}`;
  }

  async backupStatus(): Promise<string> {
    return this.backup;
  }

  async mappings(streamArn: string): Promise<Mapping[]> {
    this.#look('mappings');
    return [...this.readers, ...(this.#made.get(streamArn) ?? [])];
  }

  async createMapping(streamArn: string, functionArn: string): Promise<Mapping> {
    const mapping = { id: `mapping of ${streamArn}`, functionArn, state: 'Creating' };
    this.changed.push(`map ${streamArn} to ${functionArn}`);
    this.#made.set(streamArn, [mapping]);
    this.states.set(mapping.id, 'Enabled');
    return mapping;
  }

  async mappingState(id: string): Promise<string | undefined> {
    return this.states.get(id);
  }

  async deleteMapping(id: string): Promise<void> {
    this.changed.push(`delete ${id}`);
    this.states.set(id, 'Deleting');
  }

  async unreservedConcurrency(): Promise<number | undefined> {
    this.#look('unreservedConcurrency');
    return this.concurrency;
  }

  async isRunning(executionArn: string): Promise<boolean> {
    this.#look('isRunning');
    return this.running.has(executionArn);
  }

  #look(what: Look): void {
    if (this.refused.has(what))
      throw Object.assign(new Error(`not authorized to ${what}`), { name: 'AccessDeniedException' });
  }
}
