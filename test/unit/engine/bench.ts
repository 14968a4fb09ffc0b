import { applyChanges } from '../../../shared/engine/apply.ts';
import { FeedReader } from '../../../shared/engine/audit.ts';
import type { AuditedMigration, Plan, Resource, UnitMigration } from '../../../shared/engine/migration.ts';
import { Pacer, type PacerProps } from '../../../shared/engine/pacer.ts';
import { Journal } from '../../../shared/journal/journal.ts';
import type { KeyListKind } from '../../../shared/journal/key-lists.ts';
import type { Item } from '../../../shared/model.ts';
import { type Route, RouteTable } from '../../../shared/route.ts';
import { parseSpec, type Spec } from '../../../shared/spec.ts';
import { dynamoDBStore } from '../../../shared/stores/dynamodb.ts';
import { dynamoDBFeed } from '../../../shared/stores/dynamodb-feed.ts';
import { reservedAttribute } from '../../../shared/version.ts';
import type { Limits } from '../../simulation/world/database.ts';
import type { Table } from '../../simulation/world/table.ts';
import type { Task } from '../../simulation/world/task.ts';
import { World } from '../../simulation/world/world.ts';

export const NAME = 'm';
export const RESERVED = reservedAttribute(NAME);
const ID = { name: 'id', type: 'S' } as const;
const INVOCATION_MILLISECONDS = 60_000;

/** What a test finds at its start. */
export interface Setting {
  readonly source?: readonly Item[];
  readonly target?: readonly Item[];
  /** Fields of the spec's `cutover`, and whatever else it changes of the spec. */
  readonly cutover?: Partial<Spec['cutover']>;
  readonly spec?: object;
  /** Units of the table. @default 1 */
  readonly segments?: number;
  /** Shards of the source's stream. @default 1 */
  readonly shards?: number;
  readonly limits?: Partial<Limits>;
  /** The target hashes its keys unlike the source. @default false */
  readonly unlikeTarget?: boolean;
}

/**
 * One migration in a modelled AWS without faults: a source with its stream on, a target, a journal whose coordinator
 * has term 1, an open direction of epoch 1 and a route that points at the source. Records are visible at once.
 */
export class Bench {
  readonly world: World;
  readonly task: Task;
  readonly spec: Spec;
  readonly plan: Plan;

  constructor(world: World, task: Task, { cutover = {}, spec = {}, segments = 1 }: Setting) {
    this.world = world;
    this.task = task;
    this.spec = parseSpec({
      name: NAME,
      resources: [{ source: { table: 'source' }, target: { table: 'target' } }],
      backup: false,
      cutover: { approval: 'automatic', routers: 0, watchSeconds: 5, ...cutover },
      ...spec,
    });
    this.plan = {
      resources: [{ source: 'source', target: 'target', keys: [ID], items: 0, bytes: 0, segments }],
      units: segments,
      workers: 1,
      estimate: { seconds: [0, 0], dollars: [0, 0], readUnits: [0, 0], writeUnits: [0, 0] },
      notes: [],
    };
  }

  get source(): Table {
    return this.world.table('source');
  }

  get target(): Table {
    return this.world.table('target');
  }

  get stream(): string {
    return this.source.stream?.arn ?? '';
  }

  get now(): number {
    return this.task.runtime.now();
  }

  get second(): number {
    return Math.floor(this.now / 1000);
  }

  /** The migration as a process sees it. */
  migration(changes: Partial<AuditedMigration> = {}, task = this.task): AuditedMigration {
    const { runtime } = task;
    const client = this.world.client(task);
    return {
      name: NAME,
      spec: this.spec,
      plan: this.plan,
      term: 1,
      resources: [this.resource(client, task)],
      journal: this.journal(client, task),
      route: new RouteTable(client, 'route', NAME, runtime),
      runtime,
      deadline: runtime.now() + INVOCATION_MILLISECONDS,
      handoverAt: runtime.now() + 0.8 * INVOCATION_MILLISECONDS,
      feeds: [{ stream: this.stream, feed: dynamoDBFeed(this.world.streamsClient(task), this.stream) }],
      ...changes,
    };
  }

  /** The same as the worker of a unit sees it. Its tables are behind a budget, unless a test brings its own. */
  worker(
    phase: PacerProps['phase'],
    changes: Partial<AuditedMigration & Pick<PacerProps, 'workers' | 'until'>> = {},
    task = this.task,
  ): UnitMigration {
    const { workers, until, ...rest } = changes;
    const migration = this.migration(rest, task);
    const pacer = new Pacer({ ...migration, phase, workers, until });
    const resources = rest.resources ?? [this.resource(this.world.client(task), task, pacer)];
    return { ...migration, resources, pacer };
  }

  journal(client = this.world.client(this.task), { runtime } = this.task): Journal {
    return new Journal(client, 'journal', NAME, runtime);
  }

  resource(client = this.world.client(this.task), { runtime } = this.task, meter?: Pacer): Resource {
    const side = (table: string) =>
      dynamoDBStore({ client, runtime, table, keyNames: [ID.name], reserved: RESERVED, meter });
    return { index: 0, source: side('source'), target: side('target') };
  }

  async route(): Promise<Route> {
    const route = await this.migration().route.read();
    if (!route) throw new Error('there is no route');
    return route;
  }

  /** Applies the last record of each key in the stream, as the mapping would. */
  async deliver(): Promise<void> {
    const migration = this.migration();
    const reader = new FeedReader(migration.feeds[0]?.feed as never, new Map(), 'start', this.now);
    await reader.read();
    await applyChanges(migration, this.resource(), [...reader.last.values()]);
  }

  /** The partition keys that are listed, in order. */
  async listed(kind: KeyListKind): Promise<string[]> {
    return (await this.journal().lists.all(kind)).map(({ key }) => key.id?.S ?? '').sort();
  }

  /** Makes the switch's mark on the gate. */
  seal(): void {
    const journal = this.world.table('journal');
    const gate = journal.get({ pk: { S: `gate#${NAME}` }, sk: { S: 'gate' } }) as Item;
    journal.load([{ ...gate, open: { BOOL: false }, sealed: { BOOL: true } }]);
  }

  /** Does something in a process of its own, at the same time. */
  meanwhile(work: (task: Task) => Promise<unknown>): Task {
    return this.world.scheduler.spawn('somebody', work, { background: true });
  }
}

/** Runs one test on a bench of its own. */
export function onBench(body: (bench: Bench) => Promise<void>, setting: Setting = {}): Promise<void> {
  const { source = [], target = [], shards = 1, limits = {}, unlikeTarget = false } = setting;
  const world = new World({
    seed: 1,
    limits: { streamDelayMilliseconds: 0, enableMilliseconds: 0, ...limits },
    scheduler: { maxSteps: 1_000_000 },
  });
  world.createTable({ name: 'source', partitionKey: ID, items: source, stream: { shards } });
  world.createTable({ name: 'target', partitionKey: ID, items: target, unlikeOthers: unlikeTarget });
  const text = (name: string) => ({ name, type: 'S' }) as const;
  world.createTable({ name: 'journal', partitionKey: text('pk'), sortKey: text('sk') });
  world.createTable({ name: 'route', partitionKey: text('name'), sortKey: text('sk') });
  return world.run(async (task) => {
    const bench = new Bench(world, task, setting);
    const { journal, route } = bench.migration();
    await journal.gate.create(1);
    await journal.coordinator.take('execution 1', undefined);
    await route.create([{ source: 'source', target: 'target', keys: [ID] }], RESERVED);
    await body(bench);
  });
}
