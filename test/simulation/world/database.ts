import type { StreamViewType } from '@aws-sdk/client-dynamodb-streams';
import type { Backup } from './backup-commands.ts';
import { requestText, resultText } from './descriptions.ts';
import { internalError, notFound, throttled, throughputExceeded } from './errors.ts';
import type { FaultDice } from './faults.ts';
import type { PolicyListener } from './policy-commands.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Service, WireRequest } from './service.ts';
import { Stream } from './stream.ts';
import { Table, type TableDefinition, type TableHost, type Write } from './table.ts';
import type { TokenUse } from './transactions.ts';

/** Limits of the service, small by default so that small worlds meet them. */
export interface Limits {
  /** Most bytes of an item. @default 409,600 */
  readonly itemBytes: number;
  /** Most items of a page of Scan or Query; the seed chooses how many. @default 4 */
  readonly pageItems: number;
  /** Most bytes of a page. @default 1 MB */
  readonly pageBytes: number;
  /** Bytes after which BatchGetItem leaves the rest unprocessed. @default 16 MB */
  readonly answerBytes: number;
  /** Most records of a page of GetRecords. @default 5 */
  readonly pageRecords: number;
  /** Most open shards that a new stream has; the seed chooses how many. @default 4 */
  readonly shards: number;
  /** Most shards of a page of DescribeStream. @default 2 */
  readonly pageShards: number;
  /** Listings of shards that DescribeStream gives in a second: 10 on AWS. @default as many as are asked for */
  readonly descriptionsPerSecond: number;
  /** Empty pages in a row that GetRecords may give before it gives a record that is there. @default 2 */
  readonly emptyPages: number;
  /** How far back a read without `ConsistentRead` may see. @default 1,000 */
  readonly staleMilliseconds: number;
  /** How long a record may take to be seen by the stream's readers. @default 500 */
  readonly streamDelayMilliseconds: number;
  /** How long turning a stream on may take. @default 5,000 */
  readonly enableMilliseconds: number;
  /** How long a policy may take to be in force, and to be gone. @default 3,000 */
  readonly policyMilliseconds: number;
}

export const DEFAULT_LIMITS: Limits = {
  itemBytes: 409_600,
  pageItems: 4,
  pageBytes: 1_048_576,
  answerBytes: 16 * 1_048_576,
  pageRecords: 5,
  shards: 4,
  pageShards: 2,
  descriptionsPerSecond: Number.POSITIVE_INFINITY,
  emptyPages: 2,
  staleMilliseconds: 1_000,
  streamDelayMilliseconds: 500,
  enableMilliseconds: 5_000,
  policyMilliseconds: 3_000,
};

export interface DatabaseProps {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly dice: FaultDice;
  readonly limits: Limits;
}

/** The state of the modelled DynamoDB: tables, streams, and whoever listens to writes. */
export class Database implements TableHost, Service {
  readonly random: Random;
  readonly dice: FaultDice;
  readonly limits: Limits;
  readonly streams = new Map<string, Stream>();
  readonly backups = new Map<string, Backup>();
  /** Transactions by their token. */
  readonly transactionTokens = new Map<string, TokenUse>();
  /** When DescribeStream was answered within the last second. */
  readonly descriptions: number[] = [];
  readonly listeners: ((write: Write) => void)[] = [];
  readonly policyListeners: PolicyListener[] = [];
  readonly #scheduler: Scheduler;
  readonly #tables = new Map<string, Table>();

  constructor({ scheduler, random, dice, limits }: DatabaseProps) {
    this.#scheduler = scheduler;
    this.random = random;
    this.dice = dice;
    this.limits = limits;
  }

  get now(): number {
    return this.#scheduler.clock;
  }

  get itemBytes(): number {
    return this.limits.itemBytes;
  }

  note(text: string): void {
    this.#scheduler.note('dynamodb', text);
  }

  overloaded(): Error {
    return this.random.chance(0.5) ? throttled() : throughputExceeded();
  }

  failed(): Error {
    return internalError();
  }

  requestOf(input: object): WireRequest {
    return { body: JSON.stringify(input), headers: {} };
  }

  inputOf({ body }: WireRequest): Record<string, unknown> {
    return JSON.parse(body as string);
  }

  requestText(operation: string, input: object): string {
    return requestText(operation, input);
  }

  resultText(result: object): string {
    return resultText(result);
  }

  /** @param delays until it can be used, and until it can be described */
  createTable(definition: TableDefinition, salt: string, delays = { active: 0, described: 0 }): Table {
    const table = new Table(this, definition, salt, delays);
    this.#tables.set(definition.name, table);
    return table;
  }

  has(table: string): boolean {
    return this.#tables.has(table);
  }

  /** @param name of the table, or its ARN */
  table(name: string | undefined): Table {
    const table = this.#tables.get(name?.replace(/^arn:.*:table\//, '') ?? '');
    if (!table) throw notFound(`Requested resource not found: Table: ${name} not found`);
    return table;
  }

  /** A table whose items can be read and written: one that is being created is not there yet. */
  activeTable(name: string | undefined): Table {
    const table = this.table(name);
    if (this.now < table.activeAt) throw notFound(`Requested resource not found: Table: ${name} not found`);
    return table;
  }

  stream(arn: string | undefined): Stream {
    const stream = this.streams.get(arn ?? '');
    if (!stream || stream.isForgotten)
      throw notFound(`Requested resource not found: Stream: ${arn} not found`);
    return stream;
  }

  /** Turns a table's stream on; it captures from some moment before it says so. */
  enableStream(table: Table, viewType: StreamViewType, shards: number, atOnce: boolean): Stream {
    const delay = atOnce ? 0 : this.random.int(0, this.limits.enableMilliseconds);
    const label = `${new Date(this.now).toISOString().slice(0, -1)}.${this.streams.size}`;
    const stream = new Stream(this, {
      tableName: table.name,
      viewType,
      arn: `${table.arn}/stream/${label}`,
      label,
      random: this.random.fork(`stream ${label}`),
      shards,
      delayMilliseconds: this.limits.streamDelayMilliseconds,
      capturesFrom: this.now + this.random.int(0, delay),
      enabledAt: this.now + delay,
    });
    this.streams.set(stream.arn, stream);
    table.stream = stream;
    return stream;
  }

  written(write: Write): void {
    for (const listener of this.listeners) listener(write);
  }
}
