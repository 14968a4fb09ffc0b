import { DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { applyChanges } from '../../shared/engine/apply.ts';
import type { AuditedMigration, Plan, Resource } from '../../shared/engine/migration.ts';
import { Journal } from '../../shared/journal/journal.ts';
import type { Item, Key } from '../../shared/model.ts';
import { RouteTable } from '../../shared/route.ts';
import { parseSpec } from '../../shared/spec.ts';
import { dynamoDBStore } from '../../shared/stores/dynamodb.ts';
import { changeOfEvent, dynamoDBFeed } from '../../shared/stores/dynamodb-feed.ts';
import { reservedAttribute } from '../../shared/version.ts';
import type { Faults } from './world/faults.ts';
import type { Mapping } from './world/mapping.ts';
import { Random } from './world/random.ts';
import type { Task } from './world/task.ts';
import { World } from './world/world.ts';

export const NAME = 'm';
export const RESERVED = reservedAttribute(NAME);
export const SPEC = parseSpec({
  name: NAME,
  resources: [{ source: { table: 'source' }, target: { table: 'target' } }],
  backup: false,
  cutover: { approval: 'automatic', attempts: 20, routers: 0, watchSeconds: 5 },
});

/** Keys that writers use; some of them exist at the start. */
export const KEYS: readonly Key[] = Array.from({ length: 9 }, (_, index) => ({ id: { S: `k${index}` } }));
const APPLIER_MILLISECONDS = 10_000;

/** How one schedule went. */
export interface SimulationResult {
  readonly violations: readonly string[];
  /** What happened, one line an event. */
  readonly trace: () => string[];
  readonly steps: number;
  /** How often each fault and each transition came: one that never came proves nothing. */
  readonly coverage: Readonly<Record<string, number>>;
}

/** A modelled AWS with one table to be moved: the tables, and the engine as a task of the world sees it. */
export class Stage {
  readonly world: World;
  readonly random: Random;
  readonly initial: readonly Item[];
  readonly plan: Plan;
  readonly coverage: Record<string, number> = {};
  readonly violations: string[] = [];

  constructor(seed: number, faults: Faults) {
    this.random = new Random(seed).fork('simulation');
    this.world = new World({ seed, faults, scheduler: { skewMilliseconds: this.random.pick([0, 0, 200]) } });
    // Every third is an item of its key alone, which must not be taken for a tombstone.
    this.initial = KEYS.slice(0, this.random.int(0, 6)).map((key, index) => ({
      ...key,
      ...(index % 3 === 2 ? {} : { v: { S: 'initial' } }),
    }));
    const segments = this.random.int(1, 2);
    this.plan = {
      resources: [
        {
          source: 'source',
          target: 'target',
          keys: [{ name: 'id', type: 'S' }],
          items: 6,
          bytes: 600,
          segments,
        },
      ],
      units: segments,
      workers: 2,
      estimate: { seconds: [0, 0], dollars: [0, 0], readUnits: [0, 0], writeUnits: [0, 0] },
      notes: [],
    };
    const id = { name: 'id', type: 'S' } as const;
    this.world.createTable({ name: 'source', partitionKey: id, items: this.initial });
    this.world.createTable({ name: 'target', partitionKey: id });
    this.world.createTable({
      name: 'journal',
      partitionKey: { name: 'pk', type: 'S' },
      sortKey: { name: 'sk', type: 'S' },
    });
    this.world.createTable({
      name: 'route',
      partitionKey: { name: 'name', type: 'S' },
      sortKey: { name: 'sk', type: 'S' },
    });
  }

  /** Turns the stream of the source on and opens the direction. @returns the stream's ARN. */
  async capture(task: Task): Promise<string> {
    const client = this.world.client(task);
    const TableName = 'source';
    for (;;) {
      const { Table } = await client.send(new DescribeTableCommand({ TableName }));
      if (Table?.StreamSpecification?.StreamEnabled && Table.TableStatus === 'ACTIVE') {
        await this.journal(task).gate.create(1);
        return Table.LatestStreamArn ?? '';
      }
      const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } as const;
      if (Table?.TableStatus === 'ACTIVE')
        await client.send(new UpdateTableCommand({ TableName, StreamSpecification }));
      await task.runtime.sleep(200);
    }
  }

  /** Maps the source's stream to the applier. */
  startApplier(streamArn: string): Mapping {
    return this.world.mapping({
      name: 'apply',
      streamArn,
      timeoutMilliseconds: APPLIER_MILLISECONDS,
      startMilliseconds: 3_000,
      handler: (event, task) => {
        const migration = this.migration(task, { term: 0, lifetime: APPLIER_MILLISECONDS });
        return applyChanges(migration, migration.resources[0] as Resource, event.Records.map(changeOfEvent));
      },
    });
  }

  journal(task: Task): Journal {
    return new Journal(this.world.client(task), 'journal', NAME, task.runtime);
  }

  route(task: Task): RouteTable {
    return new RouteTable(this.world.client(task), 'route', NAME, task.runtime);
  }

  /** The migration as an invocation of a worker sees it. */
  migration(
    task: Task,
    {
      term,
      lifetime,
      stream = '',
    }: { readonly term: number; readonly lifetime: number; readonly stream?: string },
  ) {
    const client = this.world.client(task);
    const side = (table: string) =>
      dynamoDBStore({ client, runtime: task.runtime, table, keyNames: ['id'], reserved: RESERVED });
    const deadline = task.runtime.now() + lifetime;
    return {
      name: NAME,
      spec: SPEC,
      plan: this.plan,
      term,
      resources: [{ index: 0, source: side('source'), target: side('target') }],
      journal: this.journal(task),
      route: this.route(task),
      runtime: task.runtime,
      deadline,
      handoverAt: deadline - lifetime * 0.2,
      feeds: [{ stream, feed: dynamoDBFeed(this.world.streamsClient(task), stream) }],
    } satisfies AuditedMigration;
  }

  count(what: string): void {
    this.coverage[what] = (this.coverage[what] ?? 0) + 1;
  }

  result(): SimulationResult {
    return {
      violations: this.violations,
      trace: () => this.world.trace(),
      steps: this.world.scheduler.steps,
      coverage: { ...this.coverage, ...this.world.faultCounts },
    };
  }
}
