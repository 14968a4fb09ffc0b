import type { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { Account } from '../../shared/account.ts';
import { activeSide, FIRST_EPOCH, passiveSide } from '../../shared/direction.ts';
import { applyChanges } from '../../shared/engine/apply.ts';
import { withFeeds } from '../../shared/engine/feeds.ts';
import type { UnitsLeft } from '../../shared/engine/left.ts';
import type {
  AuditedMigration,
  Migration,
  Plan,
  Resource,
  UnitMigration,
} from '../../shared/engine/migration.ts';
import { Pacer } from '../../shared/engine/pacer.ts';
import { policyTurn } from '../../shared/engine/policy-turn.ts';
import { repairKey } from '../../shared/engine/repair.ts';
import type { Turn } from '../../shared/engine/turn.ts';
import { PermanentError } from '../../shared/errors.ts';
import { Journal, StreamBindings } from '../../shared/journal/journal.ts';
import type { Item, Key } from '../../shared/model.ts';
import type { UnitPhase } from '../../shared/phases.ts';
import { BucketPolicies } from '../../shared/resources/buckets/bucket-policies.ts';
import type { ByKind } from '../../shared/resources/resource-kind.ts';
import { TableAccount } from '../../shared/resources/tables/table-account.ts';
import { TableCaptures } from '../../shared/resources/tables/table-captures.ts';
import { TablePolicies } from '../../shared/resources/tables/table-policies.ts';
import { TableProblems } from '../../shared/resources/tables/table-problems.ts';
import { RouteTable } from '../../shared/route.ts';
import { parseSpec, type Spec } from '../../shared/spec.ts';
import { dynamoDBStore } from '../../shared/stores/dynamodb.ts';
import { changeOfEvent, dynamoDBFeed } from '../../shared/stores/dynamodb-feed.ts';
import type { Meter } from '../../shared/stores/meter.ts';
import type { Store } from '../../shared/stores/store.ts';
import { reservedAttribute } from '../../shared/version.ts';
import { forTables } from '../for-tables.ts';
import { JudgedStage } from './judged-stage.ts';
import { Ledger } from './ledger.ts';
import { Moments } from './moments.ts';
import type { Setting } from './setting.ts';
import { SMOKE_TEST, SmokeTests } from './smoke-tests.ts';
import { Random } from './world/random.ts';
import type { Task } from './world/task.ts';
import { World } from './world/world.ts';

export const NAME = 'm';
export const RESERVED = reservedAttribute(NAME);
const APPLIER = 'arn:aws:lambda:us-east-1:000000000000:function:apply';
/** As many as expire within two or three fences. */
const PASSING_ITEMS = 60;
/** A key that the application never writes. */
export const STRAY_KEY: Key = { id: { S: 'stray' } };
const APPLIER_MILLISECONDS = 10_000;
/** Who calls, for resource policies. */
const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`;
export const MIGRATOR_ROLE = role('migrator');
export const ROUTER_ROLE = role('router');
/** How long a changed policy may take to be in force everywhere, and longer than that: AWS names no bound. */
export const POLICY_MILLISECONDS = 20_000;
const SETTLE_SECONDS = 22;
/** An invocation ends this long after it should hand over. */
const HANDOVER_MILLISECONDS = 6_000;
/** An item of a few words meets it only where it is to: the limit of 400 KB, made small. */
export const ITEM_BYTES = 200;
const SLOW_CHANCE = 0.1;
/** AWS names no bound: usually it is below a second. */
const STALE_MILLISECONDS = 10_000;
/** Of streams, in an account (AWS's API reference, DescribeStream). */
const DESCRIPTIONS_PER_SECOND = 10;

/** A modelled AWS with one table to be moved: the tables, and the engine as a task of the world sees it. */
export class Stage extends JudgedStage {
  readonly seed: number;
  readonly world: World;
  readonly setting: Setting;
  readonly random: Random;
  /** Keys that the application writes. */
  readonly keys: readonly Key[];
  /** Items that only time to live touches. */
  readonly passing: readonly Key[];
  readonly ledger: Ledger;
  readonly spec: Spec;
  readonly plan: Plan;
  /** Executions of the workflow that run. */
  readonly running = new Set<string>();
  /** The terms of the invocations, by the name of their task, and the one that has taken over last. */
  readonly terms = new Map<string, number>();
  term = 0;
  /** The direction of the migration, and whether it is over. */
  epoch = FIRST_EPOCH;
  sealed = false;
  /** When somebody has last written the active side. */
  lastWriteAt = 0;
  readonly moments = new Moments();
  readonly smokeTests: SmokeTests;
  /** Somebody has replaced the stream of the source. */
  streamReplaced = false;

  constructor(seed: number, setting: Setting, traced = true) {
    super();
    this.seed = seed;
    this.setting = setting;
    this.random = new Random(seed).fork('stage');
    this.smokeTests = new SmokeTests(seed, (what) => this.count(what));
    this.world = new World({
      seed,
      faults: setting.faults,
      limits: {
        shards: setting.shards,
        staleMilliseconds: STALE_MILLISECONDS,
        descriptionsPerSecond: DESCRIPTIONS_PER_SECOND,
        policyMilliseconds: POLICY_MILLISECONDS,
      },
      scheduler: { skewMilliseconds: setting.skewMilliseconds, maxSteps: 60_000, traced },
    });
    this.keys = Array.from({ length: setting.keys }, (_, index) => ({ id: { S: `k${index}` } }));
    // Every third is an item of its key alone, which must not be taken for a tombstone.
    const items = this.keys.slice(0, setting.initialItems).map((key, index) => ({
      key,
      item: {
        ...key,
        ...(index % 3 === 2 ? {} : { v: { S: 'initial' }, b: { B: Uint8Array.of(index, 255) } }),
      },
    }));
    this.passing = Array.from({ length: setting.expiresSteadily ? PASSING_ITEMS : 0 }, (_, index) => ({
      id: { S: `passing ${index}` },
    }));
    const initial = [...items, { key: STRAY_KEY, item: { ...STRAY_KEY, v: { S: 'initial' } } }];
    this.ledger = new Ledger(initial);
    this.world.onWrite(({ table, key, after, byTimeToLive }) => {
      if (table === activeSide(this.epoch) && !byTimeToLive)
        this.lastWriteAt = this.world.scheduler.experienced;
      if (table !== 'journal' || !key.pk?.S?.startsWith('gate#') || !after) return;
      this.epoch = Number(after.epoch?.N);
      this.sealed = after.sealed?.BOOL === true;
    });
    this.spec = specOf(setting);
    this.plan = planOf(setting);
    this.#createTables([...initial.map(({ item }) => item), ...this.passing]);
  }

  /** What the journal's keys of the present direction carry. */
  get scope(): string {
    return this.epoch === FIRST_EPOCH ? '' : `~${this.epoch}`;
  }

  /** How long an invocation of the workflow lives at most. */
  get invocationMilliseconds(): number {
    return this.setting.invocationMilliseconds + HANDOVER_MILLISECONDS;
  }

  /** A look at the account, as the functions of the workflow have it. */
  account(task: Task): Account {
    return new Account({ lambda: this.world.lambdaClient(task) as never, sfn: this.#executions(task) });
  }

  /** What keeps the tables from being moved, as the function that validates finds it. */
  problems(task: Task): ByKind<TableProblems> {
    const table = new TableProblems({
      account: '000000000000',
      region: 'us-east-1',
      allowed: { sources: ['source'], targets: ['target'] },
      look: this.#tables(task),
      applier: APPLIER,
      storeOf: (name) => this.store(task, name),
    });
    return forTables(table);
  }

  /** The changes of the tables, as the functions that capture them or end it have them. */
  captures(task: Task): ByKind<TableCaptures> {
    return forTables(new TableCaptures(this.#tables(task), APPLIER));
  }

  /** Creates the route, as an operator does before the application uses its router. */
  async createRoute(task: Task): Promise<void> {
    const tables = [{ source: 'source', target: 'target', keys: [{ name: 'id', type: 'S' as const }] }];
    const client = this.world.client(task, { maxAttempts: 50 });
    await new RouteTable(client, 'route', NAME, task.runtime).create(tables, RESERVED);
  }

  /** Retires the route of a migration that is complete. */
  async retireRoute(task: Task): Promise<void> {
    const client = this.world.client(task, { maxAttempts: 50 });
    const route = new RouteTable(client, 'route', NAME, task.runtime);
    const seen = await route.read();
    if (seen) await route.retire(seen);
  }

  /** Deploys the function that the stream's mapping calls. */
  deployApplier(invoked: (invocation: Task) => void): void {
    this.world.deployFunction(APPLIER, {
      handler: async ({ Records }, task) => {
        invoked(task);
        const binding = await this.bindings(task).read(Records[0]?.eventSourceARN ?? '');
        if (!binding) throw new PermanentError('no migration is bound to the stream');
        const migration = await this.migration(task, 0, APPLIER_MILLISECONDS);
        const changes = Records.map((record) => changeOfEvent(record, RESERVED));
        return applyChanges(migration, migration.resources[0] as Resource, binding.side, changes);
      },
      timeoutMilliseconds: APPLIER_MILLISECONDS,
      startMilliseconds: 3_000,
    });
  }

  bindings(task: Task): StreamBindings {
    return new StreamBindings(this.world.client(task), 'journal');
  }

  journal(task: Task): Journal {
    return new Journal(this.world.client(task), 'journal', NAME, task.runtime);
  }

  route(task: Task): RouteTable {
    const slow = { chance: SLOW_CHANCE, milliseconds: this.setting.slowMilliseconds };
    return new RouteTable(this.world.client(task, { slow }), 'route', NAME, task.runtime);
  }

  store(task: Task, table: string, meter?: Meter): Store {
    const client = this.world.client(task, { role: MIGRATOR_ROLE });
    const { runtime } = task;
    return dynamoDBStore({ client, runtime, table, keyNames: ['id'], reserved: RESERVED, meter });
  }

  /** The migration as an invocation of a worker sees it. */
  async migration(task: Task, term: number, lifetime = this.invocationMilliseconds): Promise<Migration> {
    const deadline = task.runtime.now() + lifetime;
    const journal = await this.journal(task).atPresent();
    const [active, passive] = [activeSide(journal.epoch), passiveSide(journal.epoch)];
    return {
      name: NAME,
      spec: this.spec,
      plan: this.plan,
      term,
      resources: [
        {
          index: 0,
          source: this.store(task, active),
          target: this.store(task, passive),
          repair: repairKey,
        },
      ],
      journal,
      route: this.route(task),
      runtime: task.runtime,
      deadline,
      handoverAt: deadline - Math.min(HANDOVER_MILLISECONDS, lifetime / 2),
    };
  }

  /** A turn of the worker that changes the resource policies. */
  async policyTurn(task: Task, term: number): Promise<Turn> {
    return policyTurn({
      migration: await this.migration(task, term),
      policies: {
        table: new TablePolicies(this.world.client(task, { role: MIGRATOR_ROLE })),
        bucket: new BucketPolicies(this.world.s3Client(task)),
      },
      migratorRoles: [MIGRATOR_ROLE],
      place: { partition: 'aws', region: 'us-east-1', account: '000000000000' },
    });
  }

  /** The same as the worker of a unit sees it, sent by a Map Run. */
  async worker(
    task: Task,
    term: number,
    phase: UnitPhase,
    run: Pick<UnitsLeft, 'workers' | 'until'>,
  ): Promise<UnitMigration> {
    const migration = await this.migration(task, term);
    const { epoch } = migration.journal;
    const pacer = new Pacer({ ...migration, phase, ...run });
    const store = (table: string) => this.store(task, table, pacer);
    return {
      ...migration,
      pacer,
      resources: [
        {
          index: 0,
          source: store(activeSide(epoch)),
          target: store(passiveSide(epoch)),
          repair: repairKey,
        },
      ],
    };
  }

  /** The same with the feeds of both sides. */
  async audited(task: Task, term: number): Promise<AuditedMigration> {
    const streams = this.world.streamsClient(task);
    const migration = {
      ...(await this.migration(task, term)),
      callSmokeTest: this.smokeTests.caller(task),
    };
    return withFeeds(migration, (stream) => dynamoDBFeed(streams, stream, RESERVED));
  }

  #createTables(items: readonly Item[]): void {
    const id = { name: 'id', type: 'S' } as const;
    const record = { partitionKey: { name: 'pk', type: 'S' }, sortKey: { name: 'sk', type: 'S' } } as const;
    this.world.createTable({
      name: 'source',
      partitionKey: id,
      itemBytes: ITEM_BYTES,
      items,
      ...(this.setting.streamOn ? { stream: {} } : {}),
    });
    this.world.createTable({
      name: 'target',
      partitionKey: id,
      itemBytes: ITEM_BYTES,
      // The last keys, so that some exist here alone.
      items: this.keys
        .slice(this.keys.length - this.setting.targetItems)
        .map((key) => ({ ...key, v: { S: 'from before' } })),
    });
    this.world.createTable({ name: 'journal', ...record });
    this.world.createTable({ name: 'route', ...record, partitionKey: { name: 'name', type: 'S' } });
  }

  #tables(task: Task): TableAccount {
    const tables = new TableAccount({
      dynamodb: this.world.client(task) as never,
      lambda: this.world.lambdaClient(task) as never,
    });
    // The modelled AWS has no Kinesis.
    return Object.assign(tables, { destinations: async () => [] });
  }

  #executions(task: Task): SFNClient {
    return {
      send: async (command: DescribeExecutionCommand) => {
        await task.point('DescribeExecution');
        return { status: this.running.has(command.input.executionArn ?? '') ? 'RUNNING' : 'FAILED' };
      },
    } as unknown as SFNClient;
  }
}

function specOf(setting: Setting): Spec {
  const { targetItems, approval, rehearse, smokeTest, wayBack, endsByItself, switches, fence } = setting;
  return parseSpec({
    name: NAME,
    resources: [
      {
        source: { table: 'source' },
        target: { table: 'target' },
        existingItems: targetItems > 0 ? 'replace' : 'refuse',
      },
    ],
    backup: false,
    cutover: {
      approval: approval ? 'required' : 'automatic',
      attempts: 20,
      rehearse,
      ...(smokeTest ? { smokeTest: { arn: SMOKE_TEST } } : {}),
      routers: 0,
      wayBack,
      complete: endsByItself ? 'automatic' : 'required',
      // Who wants back must have the time to say so.
      watchSeconds: switches > 1 ? 60 : 5,
      ...(fence === 'none'
        ? {}
        : {
            fence: {
              policy: 'deny',
              settleSeconds: SETTLE_SECONDS,
              ...(fence === 'named' ? { routerRoles: [ROUTER_ROLE] } : {}),
            },
          }),
    },
  });
}

function planOf({ segments }: Setting): Plan {
  return {
    resources: [
      {
        kind: 'table',
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
}
