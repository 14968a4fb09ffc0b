import { DescribeTableCommand, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Application } from '../../infra/local/application.ts';
import { startCityApplication } from '../../infra/local/cities/city-application.ts';
import type { CityLedger } from '../../infra/local/cities/city-ledger.ts';
import type { Item } from '../../infra/local/cities/item-text.ts';
import { Journal } from '../../shared/journal/journal.ts';
import { keySchema } from '../../shared/resources/tables/table-description.ts';
import { type Route, RouteTable } from '../../shared/route.ts';
import { routed } from '../../shared/router.ts';
import { systemRuntime } from '../../shared/runtime.ts';
import { lacksApprovalAlone, readStatus, type Status } from '../../shared/status.ts';
import { reservedAttribute } from '../../shared/version.ts';
import { clientConfig, dynamodb, outputs } from './aws.ts';
import type { BucketPair } from './buckets.ts';
import type { Execution } from './execution.ts';
import type { TablePair } from './tables.ts';
import { until } from './until.ts';

interface SpecOptions {
  readonly copy?: object;
  readonly cutover?: object;
  readonly [option: string]: unknown;
}

const REQUEST_TIMEOUT_MILLISECONDS = 2_000;

/** One migration of some tables and buckets, as its user sees it. */
export class TestMigration {
  readonly name: string;
  readonly pairs: readonly (TablePair | BucketPair)[];
  readonly journal: Journal;
  readonly routeTable: RouteTable;

  constructor(name: string, ...pairs: readonly (TablePair | BucketPair)[]) {
    this.name = name;
    this.pairs = pairs;
    this.journal = new Journal(dynamodb, outputs.JournalTable, name, systemRuntime);
    this.routeTable = new RouteTable(dynamodb, outputs.RouteTable, name, systemRuntime);
  }

  /** A spec whose waits are as short as they may be. */
  spec({ copy, cutover, ...options }: SpecOptions = {}): object {
    return {
      name: this.name,
      resources: this.pairs.map((pair) =>
        isTables(pair)
          ? { source: { table: pair.source }, target: { table: pair.target, create: true } }
          : pair,
      ),
      copy: { workers: 2, unitMegabytes: 1, ...copy },
      cutover: {
        requestTimeoutMilliseconds: REQUEST_TIMEOUT_MILLISECONDS,
        pauseSeconds: 15,
        complete: 'automatic',
        watchSeconds: 5,
        ...cutover,
      },
      ...options,
    };
  }

  /** `segue route create` */
  async createRoute(): Promise<void> {
    const tables = await Promise.all(
      this.pairs.filter(isTables).map(async ({ source, target }) => {
        const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: source }));
        return { source, target, keys: keySchema(Table ?? {}) };
      }),
    );
    const buckets = this.pairs.flatMap((pair) =>
      isTables(pair) ? [] : [{ source: pair.source, target: pair.target }],
    );
    await this.routeTable.create(tables, reservedAttribute(this.name), buckets);
  }

  /**
   * The same, and routers hold on to it as briefly as they do from *catch up* on. Otherwise a migration waits 22 s
   * before its cutover, until the last of them has let go of the long times of a new route.
   */
  async createBriefRoute(): Promise<void> {
    await this.createRoute();
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: outputs.RouteTable,
        Key: { name: { S: this.name }, sk: { S: 'route' } },
        UpdateExpression: 'SET cacheMilliseconds = :cache, attemptMilliseconds = :attempt',
        ExpressionAttributeValues: {
          ':cache': { N: '1000' },
          ':attempt': { N: String(REQUEST_TIMEOUT_MILLISECONDS) },
        },
      }),
    );
  }

  /** An application of one of the tables, with the router in its client. */
  startApplication({ source }: TablePair, items: readonly Item[], seed = 1): Application<CityLedger> {
    const client = routed(new DynamoDBClient(clientConfig), {
      migration: this.name,
      routeTable: outputs.RouteTable,
    });
    return startCityApplication({ client, table: source, writers: 2, ratePerWriter: 6, seed, items });
  }

  /** @throws Error when there is none. */
  async status(): Promise<Status> {
    const status = await readStatus(this.journal, Date.now());
    if (!status) throw new Error(`the journal knows no migration ${this.name}`);
    return status;
  }

  async route(): Promise<Route> {
    const route = await this.routeTable.read();
    if (!route) throw new Error(`there is no route ${this.name}`);
    return route;
  }

  /** Waits for a status while an execution runs. @throws Error when the execution ends before. */
  reaches(what: string, execution: Execution, wished: (status: Status) => boolean): Promise<Status> {
    return until(`${this.name} ${what}`, async () => {
      const ending = await execution.ending();
      const status = await readStatus(this.journal, Date.now());
      if (status && wished(status)) return status;
      if (ending)
        throw new Error(`${this.name} ended as ${ending.status} before it ${what}: ${ending.cause}`);
      return undefined;
    });
  }

  /** Waits until every gate but the approval holds. */
  standsReady(execution: Execution): Promise<Status> {
    return this.reaches('waits for its approval', execution, ({ awaitsApproval }) => awaitsApproval);
  }

  /** Waits in a direction until nothing but a person keeps the next switch back. */
  waitsForAPerson(execution: Execution, epoch: number): Promise<Status> {
    return this.reaches(
      'waits for a person',
      execution,
      (status) => status.epoch === epoch && lacksApprovalAlone(status.standBy),
    );
  }

  /** Approves in the present direction: the cutover, or after it the way back. */
  async approveNow(): Promise<void> {
    const { coordinator } = await this.journal.atPresent();
    await coordinator.approve({ by: 'a test', at: Date.now() });
  }

  /** Ends the migration with the side that is active now. */
  async end(): Promise<void> {
    const { coordinator } = await this.journal.atPresent();
    await coordinator.end({ by: 'a test', at: Date.now() });
  }

  /** The same, and approves. */
  async approve(execution: Execution): Promise<void> {
    await this.standsReady(execution);
    await this.journal.coordinator.approve({ by: 'a test', at: Date.now() });
  }
}

function isTables(pair: TablePair | BucketPair): pair is TablePair {
  return typeof pair.source === 'string';
}
