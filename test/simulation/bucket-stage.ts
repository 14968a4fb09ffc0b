import type { S3Client } from '@aws-sdk/client-s3';
import { activeSide, passiveSide, type Side } from '../../shared/direction.ts';
import { UNITS_AT_ONCE } from '../../shared/engine/full-round.ts';
import { settleHints } from '../../shared/engine/hint.ts';
import type {
  AuditedMigration,
  Migration,
  Plan,
  Resource,
  UnitMigration,
} from '../../shared/engine/migration.ts';
import { Pacer } from '../../shared/engine/pacer.ts';
import { repairUnversioned } from '../../shared/engine/repair-unversioned.ts';
import { Journal } from '../../shared/journal/journal.ts';
import type { InvocationTimes } from '../../shared/journal/turns.ts';
import type { BucketLocation } from '../../shared/model.ts';
import type { UnitPhase } from '../../shared/phases.ts';
import { keysOfHint } from '../../shared/resources/buckets/bucket-hints.ts';
import { RouteTable } from '../../shared/route.ts';
import { routedS3 } from '../../shared/router-s3.ts';
import { parseSpec, type Spec } from '../../shared/spec.ts';
import type { Meter } from '../../shared/stores/meter.ts';
import { s3Store } from '../../shared/stores/s3/s3.ts';
import { hintedChanges, objectEvents } from '../../shared/stores/s3/s3-events.ts';
import { s3HistoryStore } from '../../shared/stores/s3/s3-history-store.ts';
import type { Store } from '../../shared/stores/store.ts';
import type { InvocationStage } from './actors/invocations.ts';
import { JudgedStage } from './judged-stage.ts';
import { Moments } from './moments.ts';
import type { Setting } from './setting.ts';
import type { ClientOptions } from './world/client.ts';
import { Random } from './world/random.ts';
import type { EventDelivery } from './world/s3/event-delivery.ts';
import type { ObjectSeed } from './world/s3/object-seed.ts';
import type { Task } from './world/task.ts';
import { World } from './world/world.ts';

const NAME = 'm';
/** An invocation ends this long after it should hand over. */
const HANDOVER_MILLISECONDS = 6_000;
const HINT_MILLISECONDS = 10_000;
/** More requests are made where all versions are moved, and many are slow where nobody waits for an end. */
const HISTORIES_MILLISECONDS = 15_000;
/** Objects of a few bytes are large here: copied in parts of a few bytes. */
const SINGLE_BYTES = 24;
const PART_BYTES = 10;
const PAGE_OBJECTS = 3;
/** Where the world is long: what is copied in parts has another ETag, and both versions are looked at each time. */
const LARGE_SINGLE_BYTES = 40;
const PAGE_VERSIONS = 9;
/** Names that go wrong where keys are cut, encoded or compared carelessly. */
const NAMES = ['a', 'a b', 'a+b', 'ä', 'a\u0308', '\u{1f600}', 'a//', '%2F', ''];

/** What the engine takes from the spec of a migration, whatever is moved. */
export const SPEC: Spec = parseSpec({
  name: NAME,
  resources: [{ source: { table: 'source' }, target: { table: 'target' } }],
  backup: false,
  cutover: { approval: 'automatic', attempts: 20, routers: 0, watchSeconds: 60 },
});

export const LOCATIONS: Readonly<Record<Side, BucketLocation>> = {
  source: { bucket: 'source', prefix: 'in/' },
  target: { bucket: 'target', prefix: 'out/there/' },
};

/** More than those of tables: a look at an object is several requests, and a migration may switch three times. */
const MOST_STEPS = 200_000;

/** A modelled AWS with the objects below one prefix to be moved, and the engine as a task of the world sees it. */
export class BucketStage extends JudgedStage implements InvocationStage {
  readonly world: World;
  readonly setting: Setting;
  readonly random: Random;
  /** Relative keys that the application writes. */
  readonly keys: readonly string[];
  readonly moments = new Moments();
  readonly terms = new Map<string, number>();
  readonly #plan: Plan;
  readonly #bounds: readonly string[];

  constructor(seed: number, setting: Setting, traced: boolean) {
    super();
    this.setting = setting;
    this.random = new Random(seed).fork('stage');
    this.world = new World({
      seed,
      faults: setting.faults,
      s3Limits: { pageKeys: this.#pageObjects, pageParts: 2, minPartBytes: 1, copyBytes: 1_000 },
      scheduler: { skewMilliseconds: setting.skewMilliseconds, maxSteps: MOST_STEPS, traced },
    });
    this.keys = Array.from({ length: setting.keys }, (_, index) => NAMES[index % NAMES.length] as string);
    this.#bounds = ['a b', 'a/'].slice(0, setting.segments - 1);
    this.#plan = planOf(setting);
    const record = { partitionKey: { name: 'pk', type: 'S' }, sortKey: { name: 'sk', type: 'S' } } as const;
    this.world.createTable({ name: 'journal', ...record });
    this.world.createTable({ name: 'route', ...record, partitionKey: { name: 'name', type: 'S' } });
    const { objectLock, versions } = setting;
    const kept = { objectLock, versioned: objectLock || versions };
    this.world.createBucket({
      name: 'source',
      ...kept,
      objects: [
        ...this.keys.slice(0, setting.initialItems).map((key, index) => this.#seed('source', key, index)),
        // Beside the prefix: nobody's business.
        { key: 'elsewhere', body: 'another' },
      ],
    });
    this.world.createBucket({
      name: 'target',
      ...kept,
      // The last keys, so that some exist here alone.
      objects: this.keys
        .slice(this.keys.length - setting.targetItems)
        .map((key, index) => this.#seed('target', key, index)),
    });
  }

  get invocationMilliseconds(): number {
    const { invocationMilliseconds, scenario, versions } = this.setting;
    const longer = versions && scenario === 'bucket' ? HISTORIES_MILLISECONDS : 0;
    return invocationMilliseconds + HANDOVER_MILLISECONDS + longer;
  }

  /** The whole key of an object on one side. */
  key(side: Side, relative: string): string {
    return `${LOCATIONS[side].prefix}${relative}`;
  }

  /** @param patient whoever looks from outside tries until he knows. */
  journal(task: Task, patient = false): Journal {
    const client = this.world.client(task, patient ? { maxAttempts: 50 } : {});
    return new Journal(client, 'journal', NAME, task.runtime);
  }

  get #singleBytes(): number {
    const { scenario, versions } = this.setting;
    return versions && scenario === 'bucket migration' ? LARGE_SINGLE_BYTES : SINGLE_BYTES;
  }

  get #pageObjects(): number {
    return this.setting.versions ? PAGE_VERSIONS : PAGE_OBJECTS;
  }

  /**
   * Listings tell nothing of metadata and tags: of those that stood there before, or whose event is lost, or comes only
   * after the switch; of what is asked for besides; nor which of several versions of the same bytes is gone.
   */
  get compare(): 'listing' | 'everything' {
    const { acls, faults, objectLock, targetItems } = this.setting;
    const isDeep = targetItems > 0 || faults.eventLost || faults.eventLate || acls || objectLock;
    return isDeep || this.losesVersions ? 'everything' : 'listing';
  }

  /** Somebody deletes versions of the source for good. */
  get losesVersions(): boolean {
    const { expiries, scenario, versions } = this.setting;
    return scenario === 'bucket' && versions && expiries > 0;
  }

  #store(task: Task, side: Side, times: InvocationTimes, meter?: Meter): Store {
    const other = side === 'source' ? 'target' : 'source';
    const journal = this.journal(task);
    const props = {
      client: this.world.s3Client(task),
      location: LOCATIONS[side],
      other: LOCATIONS[other],
      bounds: this.#bounds,
      compare: this.compare,
      singleBytes: this.#singleBytes,
      partBytes: PART_BYTES,
      pageObjects: this.#pageObjects,
      uploads: journal.uploads(0, side),
      meter,
    };
    if (!this.setting.versions) {
      const { acls, objectLock } = this.setting;
      return s3Store({ ...props, acls, objectLock: objectLock ? task.runtime : undefined });
    }
    const once = this.world.s3Client(task, { maxAttempts: 1 });
    return s3HistoryStore({
      ...props,
      once,
      turns: journal.turns(0, side, times),
      isOrigin: side === 'source',
    });
  }

  #resource(task: Task, epoch: number, times: InvocationTimes, meter?: Meter): Resource {
    return {
      index: 0,
      source: this.#store(task, activeSide(epoch), times, meter),
      target: this.#store(task, passiveSide(epoch), times, meter),
      repair: repairUnversioned,
      service: 'S3',
      keysOfHint: keysOfHint(LOCATIONS.source, activeSide(epoch)),
    };
  }

  route(task: Task, patient = false): RouteTable {
    const client = this.world.client(task, patient ? { maxAttempts: 50 } : {});
    return new RouteTable(client, 'route', NAME, task.runtime);
  }

  /** An application's client with the router in it. @param options of each of its requests */
  routedClient(task: Task, options: ClientOptions): S3Client {
    return routedS3(this.world.s3Client(task, options) as S3Client, {
      migration: NAME,
      routeTable: 'route',
      routeClient: this.world.client(task, { maxAttempts: 8 }),
      runtime: task.runtime,
    });
  }

  /** The migration as an invocation sees it. No stream tells of changes here. */
  async migration(task: Task, term = 1, lifetime = this.invocationMilliseconds): Promise<AuditedMigration> {
    const deadline = task.runtime.now() + lifetime;
    const times = { deadline, handoverAt: deadline - Math.min(HANDOVER_MILLISECONDS, lifetime / 2) };
    const journal = await this.journal(task).atPresent();
    const feed = {
      shards: async () => [],
      reader: () => ({ next: async () => ({ changes: [], ended: true }) }),
    };
    const migration: AuditedMigration = {
      name: NAME,
      spec: SPEC,
      plan: this.#plan,
      term,
      resources: [this.#resource(task, journal.epoch, times)],
      journal,
      route: this.route(task),
      runtime: task.runtime,
      ...times,
      feeds: [{ stream: 'none', feed }],
      passiveFeeds: [undefined],
    };
    const pacer = new Pacer({ ...migration, phase: 'verify', alone: UNITS_AT_ONCE });
    return {
      ...migration,
      paced: { pacer, resources: [this.#resource(task, journal.epoch, migration, pacer)] },
    };
  }

  /** The same as the worker of a unit sees it. */
  async worker(task: Task, phase: UnitPhase): Promise<UnitMigration> {
    const migration: Migration = await this.migration(task);
    const until = Number.POSITIVE_INFINITY;
    const pacer = new Pacer({ ...migration, phase, workers: 2, until });
    return {
      ...migration,
      pacer,
      resources: [this.#resource(task, migration.journal.epoch, migration, pacer)],
    };
  }

  /** Deploys the function that the events of a side come to. */
  deliverEvents(side: Side, invoked: (invocation: Task) => void): EventDelivery {
    return this.world.deliverEvents({
      bucket: LOCATIONS[side].bucket,
      name: `hint of the ${side}`,
      types: [
        'Object Created',
        'Object Deleted',
        'Object Tags Added',
        'Object Tags Deleted',
        'Object ACL Updated',
      ],
      timeoutMilliseconds: HINT_MILLISECONDS,
      maxReceives: 20,
      handler: async ({ Records }, task) => {
        invoked(task);
        const migration = await this.migration(task, 0, HINT_MILLISECONDS);
        const events = objectEvents(Records);
        const changes = events.flatMap((event) => hintedChanges(LOCATIONS[side], event));
        await settleHints(migration, migration.resources[0] as Resource, { side, changes });
      },
    });
  }

  /** Each third was uploaded in parts, each other third is too large to be copied at once. */
  #seed(side: Side, key: string, index: number): ObjectSeed {
    const seed = { key: this.key(side, key), metadata: { from: side }, tags: { from: side } };
    const body = `initial on the ${side}, number ${index}`;
    if (index % 3 === 0) return { ...seed, body: `initial ${index}` };
    if (index % 3 === 1) return { ...seed, body, headers: { ContentType: 'text/plain' } };
    return {
      ...seed,
      body,
      parts: [7, body.length - 7],
      checksum: this.random.chance(0.5) ? 'none' : { algorithm: 'SHA256', type: 'COMPOSITE' },
    };
  }
}

function planOf({ segments }: Setting): Plan {
  return {
    resources: [{ source: 'source', target: 'target', keys: [], items: 6, bytes: 600, segments }],
    units: segments,
    workers: 2,
    estimate: { seconds: [0, 0], dollars: [0, 0], readUnits: [0, 0], writeUnits: [0, 0] },
    notes: [],
  };
}
