import type { DynamoDB } from '../clients.ts';
import { FIRST_EPOCH, type Side } from '../direction.ts';
import type { Runtime } from '../runtime.ts';
import type { Spec } from '../spec.ts';
import { Actions } from './actions.ts';
import { Activity } from './activity.ts';
import { Bounds } from './bounds.ts';
import { Budget } from './budget.ts';
import { Controls } from './controls.ts';
import { Coordinator } from './coordinator.ts';
import { Facts } from './facts.ts';
import { DirectionGate } from './gate.ts';
import { KeyLists } from './key-lists.ts';
import { OwnWrites } from './own-writes.ts';
import { Policies } from './policies.ts';
import { ShardPositions } from './shards.ts';
import { RecordTable } from './table.ts';
import { type InvocationTimes, KeyTurns } from './turns.ts';
import { Units } from './units.ts';
import { Uploads } from './uploads.ts';

/** Version of the journal's records. A reader refuses a newer one. */
export const JOURNAL_SCHEMA = 1;

/** What makes a migration the one it is. Written once. */
export interface IdentityRecord {
  readonly schema: number;
  readonly identity: string;
  readonly spec: Spec;
  readonly createdAt: number;
}

/**
 * The memory of one migration: everything that must outlive a worker. Each concern has its own records and its own
 * conditional writes. What belongs to one direction (gate, lists, what a person has said) is that of one epoch.
 */
export class Journal {
  readonly migration: string;
  readonly epoch: number;
  readonly coordinator: Coordinator;
  readonly controls: Controls;
  readonly actions: Actions;
  readonly bounds: Bounds;
  readonly budget: Budget;
  readonly units: Units;
  readonly gate: DirectionGate;
  readonly lists: KeyLists;
  readonly ownWrites: OwnWrites;
  readonly shards: ShardPositions;
  readonly activity: Activity;
  readonly policies: Policies;
  /** Facts of this direction alone. */
  readonly direction: Facts;
  readonly #table: RecordTable;
  readonly #facts: Facts;
  readonly #runtime: Runtime;
  readonly #inEpoch: (epoch: number) => Journal;

  constructor(client: DynamoDB, table: string, migration: string, runtime: Runtime, epoch = FIRST_EPOCH) {
    this.migration = migration;
    this.epoch = epoch;
    this.#table = new RecordTable(client, table);
    // A name of a migration has no such character.
    const scope = epoch === FIRST_EPOCH ? '' : `~${epoch}`;
    this.coordinator = new Coordinator(this.#table, migration, epoch);
    this.controls = new Controls(this.#table, migration);
    this.actions = new Actions(this.#table, migration);
    this.bounds = new Bounds(this.#table, migration);
    this.budget = new Budget(this.#table, migration);
    this.units = new Units(this.#table, migration);
    this.gate = new DirectionGate(this.#table, migration, runtime, epoch);
    this.lists = new KeyLists(this.#table, `${migration}${scope}`);
    this.ownWrites = new OwnWrites(this.#table, `${migration}${scope}`, runtime);
    this.shards = new ShardPositions(this.#table, migration);
    this.activity = new Activity(this.#table, migration, runtime);
    this.policies = new Policies(this.#table, migration);
    this.#runtime = runtime;
    this.#facts = new Facts(this.#table, migration, '');
    this.direction = new Facts(this.#table, migration, scope);
    this.#inEpoch = (other) => new Journal(client, table, migration, runtime, other);
  }

  /** The journal of another direction of the migration. */
  inEpoch(epoch: number): Journal {
    return epoch === this.epoch ? this : this.#inEpoch(epoch);
  }

  /** The journal of the direction in which the migration is now. */
  async atPresent(): Promise<Journal> {
    return this.inEpoch((await this.gate.read()).epoch);
  }

  /** The multipart copies under way to one side of a resource. */
  uploads(resource: number, side: Side): Uploads {
    return new Uploads(this.#table, this.#runtime, this.#sideOf(resource, side));
  }

  /** Turns at the keys of one side of a resource, for an invocation. */
  turns(resource: number, side: Side, times: InvocationTimes): KeyTurns {
    return new KeyTurns(this.#table, this.#runtime, this.#sideOf(resource, side), times);
  }

  identity(): Promise<IdentityRecord | undefined> {
    return this.#table.get<IdentityRecord>(this.#key('identity'));
  }

  /** Registers the migration, unless its name is in use. The first one stands. */
  async register(record: Omit<IdentityRecord, 'schema'>): Promise<void> {
    await this.#table.put(
      this.#key('identity'),
      { schema: JOURNAL_SCHEMA, ...record },
      { expression: 'attribute_not_exists(#pk)' },
    );
  }

  /** A fact of the migration: a document that one phase writes and later ones, the status and the report read. */
  fact<T extends object>(id: string): Promise<T | undefined> {
    return this.#facts.fact<T>(id);
  }

  noteFact(id: string, data: object): Promise<void> {
    return this.#facts.noteFact(id, data);
  }

  /** All facts whose id begins with a prefix, by id. */
  facts<T extends object>(prefix: string): Promise<Map<string, T>> {
    return this.#facts.facts<T>(prefix);
  }

  #sideOf(resource: number, side: Side): string {
    return `${this.migration}#${resource}#${side}`;
  }

  #key(sk: string) {
    return { pk: `migration#${this.migration}`, sk };
  }
}

/** Which migration a stream feeds, and whose stream it is. The applier is told a stream only. */
export interface StreamBinding {
  readonly migration: string;
  readonly resource: number;
  readonly side: Side;
}

export class StreamBindings {
  readonly #table: RecordTable;

  constructor(client: DynamoDB, table: string) {
    this.#table = new RecordTable(client, table);
  }

  read(stream: string): Promise<StreamBinding | undefined> {
    return this.#table.get<StreamBinding>({ pk: `stream#${stream}`, sk: 'binding' });
  }

  async bind(stream: string, binding: StreamBinding): Promise<void> {
    await this.#table.put({ pk: `stream#${stream}`, sk: 'binding' }, { ...binding });
  }
}
