import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDB } from '../../../shared/clients.ts';
import { activeSide, FIRST_EPOCH, passiveSide, type Side } from '../../../shared/direction.ts';
import { applyChanges } from '../../../shared/engine/apply.ts';
import { FeedReader } from '../../../shared/engine/audit.ts';
import type {
  AuditedMigration,
  Plan,
  Resource,
  SideFeed,
  UnitMigration,
} from '../../../shared/engine/migration.ts';
import { Pacer, type PacerProps } from '../../../shared/engine/pacer.ts';
import { repairKey } from '../../../shared/engine/repair.ts';
import type { Gate } from '../../../shared/journal/gate.ts';
import { Journal } from '../../../shared/journal/journal.ts';
import type { KeyListKind } from '../../../shared/journal/key-lists.ts';
import type { Item } from '../../../shared/model.ts';
import { type Route, RouteTable } from '../../../shared/route.ts';
import type { CallSmokeTest } from '../../../shared/smoke-test.ts';
import { parseSpec, type Spec } from '../../../shared/spec.ts';
import { dynamoDBStore } from '../../../shared/stores/dynamodb.ts';
import { dynamoDBFeed } from '../../../shared/stores/dynamodb-feed.ts';
import type { Feed } from '../../../shared/stores/feed.ts';
import { reservedAttribute } from '../../../shared/version.ts';
import type { Limits } from '../../simulation/world/database.ts';
import type { Table } from '../../simulation/world/table.ts';
import type { Task } from '../../simulation/world/task.ts';
import { World } from '../../simulation/world/world.ts';

export const NAME = 'm';
export const RESERVED = reservedAttribute(NAME);
const ID = { name: 'id', type: 'S' } as const;
const INVOCATION_MILLISECONDS = 60_000;
const GATE = { pk: { S: `gate#${NAME}` }, sk: { S: 'gate' } };

/** What a test finds at its start. */
export interface Setting {
  readonly source?: readonly Item[];
  readonly target?: readonly Item[];
  /** Fields of the spec's `cutover`, and whatever else it changes of the spec. */
  readonly cutover?: Partial<Spec['cutover']>;
  readonly spec?: object;
  /** Units of the table. @default 1 */
  readonly segments?: number;
  /** Shards of each stream. @default 1 */
  readonly shards?: number;
  readonly limits?: Partial<Limits>;
  /** The target hashes its keys unlike the source. @default false */
  readonly unlikeTarget?: boolean;
}

/** A migration whose changes are carried back after the switch, until a person ends it. */
export const WAY_BACK = { wayBack: true, complete: 'required' } as const satisfies Setting['cutover'];

/** A spec that asks for a smoke test. */
export const SMOKE_TESTED = {
  smokeTest: { arn: 'arn:aws:lambda:us-east-1:000000000000:function:looks', seconds: 3 },
} as const satisfies Setting['cutover'];
const PASSES: CallSmokeTest = async () => ({ kind: 'answered', answer: { ok: true } });

/** How a process sees the migration. */
export interface View {
  readonly task?: Task;
  /** @default one of the task's own */
  readonly client?: DynamoDB;
  /** The direction that it had when the process began. @default the present one */
  readonly epoch?: number;
}

/**
 * One migration in a modelled AWS without faults: a source with its stream on, a target whose stream is on where there
 * is to be a way back, a journal whose coordinator has term 1, an open direction of epoch 1 and a route that points at
 * the source. Records are visible at once.
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
      cutover: {
        approval: 'automatic',
        routers: 0,
        wayBack: false,
        complete: 'automatic',
        watchSeconds: 5,
        ...cutover,
      },
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
    return this.streamOf('source');
  }

  streamOf(side: Side): string {
    return this[side].stream?.arn ?? '';
  }

  /** The direction in which the migration is. */
  get epoch(): number {
    return Number(this.world.table('journal').get(GATE)?.epoch?.N ?? FIRST_EPOCH);
  }

  get now(): number {
    return this.task.runtime.now();
  }

  get second(): number {
    return Math.floor(this.now / 1000);
  }

  /** The migration as a process sees it. */
  migration(
    changes: Partial<AuditedMigration> = {},
    { task = this.task, client = this.world.client(task), epoch = this.epoch }: View = {},
  ): AuditedMigration {
    const { runtime } = task;
    return {
      name: NAME,
      spec: this.spec,
      plan: this.plan,
      term: 1,
      resources: [this.resource({ task, client, epoch })],
      journal: this.journal({ task, client, epoch }),
      route: new RouteTable(client, 'route', NAME, runtime),
      runtime,
      callSmokeTest: PASSES,
      deadline: runtime.now() + INVOCATION_MILLISECONDS,
      handoverAt: runtime.now() + 0.8 * INVOCATION_MILLISECONDS,
      feeds: [this.#feedOf(activeSide(epoch), task) ?? NOT_CAPTURED],
      passiveFeeds: [this.#feedOf(passiveSide(epoch), task)],
      ...changes,
    };
  }

  /** The same as the worker of a unit sees it. Its tables are behind a budget, unless a test brings its own. */
  worker(
    phase: PacerProps['phase'],
    changes: Partial<AuditedMigration & Pick<PacerProps, 'workers' | 'until'>> = {},
    view: View = {},
  ): UnitMigration {
    const { workers, until, ...rest } = changes;
    const migration = this.migration(rest, view);
    const pacer = new Pacer({ ...migration, phase, workers, until });
    const resources = rest.resources ?? [this.resource(view, pacer)];
    return { ...migration, resources, pacer };
  }

  journal({ task = this.task, client = this.world.client(task), epoch = this.epoch }: View = {}): Journal {
    return new Journal(client, 'journal', NAME, task.runtime, epoch);
  }

  /** As a direction sees it: its source is the active side. */
  resource(
    { task = this.task, client = this.world.client(task), epoch = this.epoch }: View = {},
    meter?: Pacer,
  ): Resource {
    const side = (table: Side) =>
      dynamoDBStore({
        client,
        runtime: task.runtime,
        table,
        keyNames: [ID.name],
        reserved: RESERVED,
        meter,
      });
    return {
      index: 0,
      source: side(activeSide(epoch)),
      target: side(passiveSide(epoch)),
      repair: repairKey,
    };
  }

  async route(): Promise<Route> {
    const route = await this.migration().route.read();
    if (!route) throw new Error('there is no route');
    return route;
  }

  /** Applies the last record of each key in the stream of a side, as its mapping would. */
  async deliver(side = activeSide(this.epoch)): Promise<void> {
    const { feed } = this.#feedOf(side, this.task) ?? NOT_CAPTURED;
    const reader = new FeedReader(feed, new Map(), 'start', this.now);
    await reader.read();
    await applyChanges(this.migration(), this.resource(), side, [...reader.last.values()]);
  }

  /** The comparison of the whole table is done. */
  async verified(): Promise<void> {
    const { units } = this.journal();
    await units.take('verify', 0, { holder: 'w', coordinator: 1, now: this.now, expiresAt: this.now });
    await units.checkpoint('verify', 0, { term: 1, checkpoint: 1 }, { counts: {}, done: true });
  }

  /** The partition keys that are listed, in order. */
  async listed(kind: KeyListKind): Promise<string[]> {
    return (await this.journal().lists.all(kind)).map(({ key }) => key.id?.S ?? '').sort();
  }

  /** Begins another direction as a switch does, on the gate alone. */
  begin(epoch: number, gate: Partial<Pick<Gate, 'open' | 'sealed' | 'since' | 'floor'>> = {}): void {
    const journal = this.world.table('journal');
    journal.load([{ ...journal.get(GATE), ...marshall({ ...gate, epoch }) }]);
  }

  /** Does something in a process of its own, at the same time. */
  meanwhile(work: (task: Task) => Promise<unknown>): Task {
    return this.world.scheduler.spawn('somebody', work, { background: true });
  }

  #feedOf(side: Side, task: Task): SideFeed | undefined {
    const stream = this.streamOf(side);
    if (stream === '') return undefined;
    return { stream, feed: dynamoDBFeed(this.world.streamsClient(task), stream, RESERVED) };
  }
}

const refuse = () => {
  throw new Error('nobody captures this side');
};
const NOT_CAPTURED = { stream: '', feed: { shards: refuse, reader: refuse } satisfies Feed };

/** Runs one test on a bench of its own. */
export function onBench(body: (bench: Bench) => Promise<void>, setting: Setting = {}): Promise<void> {
  const { source = [], target = [], shards = 1, limits = {}, unlikeTarget = false, cutover } = setting;
  const world = new World({
    seed: 1,
    limits: { streamDelayMilliseconds: 0, enableMilliseconds: 0, ...limits },
    scheduler: { maxSteps: 1_000_000 },
  });
  world.createTable({ name: 'source', partitionKey: ID, items: source, stream: { shards } });
  world.createTable({
    name: 'target',
    partitionKey: ID,
    items: target,
    unlikeOthers: unlikeTarget,
    ...(cutover?.wayBack ? { stream: { shards } } : {}),
  });
  const text = (name: string) => ({ name, type: 'S' }) as const;
  world.createTable({ name: 'journal', partitionKey: text('pk'), sortKey: text('sk') });
  world.createTable({ name: 'route', partitionKey: text('name'), sortKey: text('sk') });
  return world.run(async (task) => {
    const bench = new Bench(world, task, setting);
    const { journal, route } = bench.migration();
    await journal.gate.create();
    await journal.coordinator.take('execution 1', undefined);
    await route.create([{ source: 'source', target: 'target', keys: [ID] }], RESERVED);
    await body(bench);
  });
}
