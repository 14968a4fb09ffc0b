import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient, StreamViewType } from '@aws-sdk/client-dynamodb-streams';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Item } from '../../../shared/model.ts';
import { type ClientOptions, ModelClient } from './client.ts';
import { DYNAMODB_COMMANDS, STREAMS_COMMANDS } from './commands.ts';
import { Database, DEFAULT_LIMITS, type Limits } from './database.ts';
import { FaultDice, type Faults } from './faults.ts';
import { type FunctionProps, LambdaModel } from './lambda-commands.ts';
import type { Mapping, MappingProps } from './mapping.ts';
import type { PolicyListener } from './policy-commands.ts';
import { Random } from './random.ts';
import type { Bucket, BucketDefinition } from './s3/bucket.ts';
import { S3_COMMANDS } from './s3/commands.ts';
import { EventDelivery, type EventDeliveryProps } from './s3/event-delivery.ts';
import { draftOf, type ObjectSeed } from './s3/object-seed.ts';
import { DEFAULT_S3_LIMITS, type S3Limits, Storage } from './s3/storage.ts';
import type { ObjectChange } from './s3/stored-object.ts';
import { Scheduler, type SchedulerProps } from './scheduler.ts';
import type { Table, TableDefinition, Write } from './table.ts';
import type { Task } from './task.ts';

export interface WorldProps {
  readonly seed: string | number;
  /** @default none; `USUAL_FAULTS` has all that AWS documents */
  readonly faults?: Faults;
  readonly limits?: Partial<Limits>;
  readonly s3Limits?: Partial<S3Limits>;
  readonly scheduler?: Omit<SchedulerProps, 'seed'>;
}

export interface TableProps extends TableDefinition {
  readonly items?: readonly Item[];
  /** With a stream that is on from the start. */
  readonly stream?: { readonly viewType?: StreamViewType; readonly shards?: number };
  /** Hash keys unlike other tables do, so that scans run in another order. @default false */
  readonly unlikeOthers?: boolean;
}

export interface BucketProps extends BucketDefinition {
  readonly objects?: readonly ObjectSeed[];
}

/**
 * A world in which the engine's own code runs: a modelled DynamoDB and S3 under a seeded scheduler. One seed is one
 * schedule: the order of everything, the faults, the clocks.
 *
 *     const world = new World({ seed: 1, faults: USUAL_FAULTS });
 *     world.createTable({ name: 'source', partitionKey: { name: 'id', type: 'S' }, items, stream: {} });
 *     world.scheduler.spawn('copy 1', async (task) => {
 *       const client = world.client(task);       // has the SDK's `send`; task.runtime is the engine's Runtime
 *       await client.send(new GetItemCommand(…));
 *     });
 *     const ending = await world.scheduler.run();
 *     if (ending.kind !== 'done' || world.table('target').items() …) console.log(world.trace().join('\n'));
 *
 * A task waits by `task.point(label)`, `task.runtime.sleep`, `task.join(other)` and `client.send`, and by nothing
 * else. Others (chaos, an operator) may `kill`, `pause` and `resume` it. Clients and runtimes belong to one task: give
 * each invocation a task of its own, with its timeout. A request takes effect within `requestMilliseconds` of its
 * sending or never, so what must outlast requests on their way has to wait that long.
 *
 * What the model does not know it refuses as a mistake of the test: commands, parameters, secondary indexes, projections
 * into documents. Not modelled: reserved words (any name is taken; DynamoDB Local judges the engine's expressions in the
 * store contract), how much a partition takes (throttling is a fault), the limit of two readers of a shard, partial
 * batch responses (what a mapping's handler returns is ignored).
 *
 * S3 has its own part of the world, under the same scheduler and faults, and `USUAL_S3_FAULTS` besides:
 *
 *     world.createBucket({ name: 'source', objects: [{ key: 'a', body: 'text' }] });
 *     const delivery = world.deliverEvents({ bucket: 'source', handler: async (event, task) => … });
 *
 * Not modelled of it: the configuration of buckets, policies, Object Lock, restoring from an archive, ranges of
 * GetObject, delimiters, the suspension of versioning. A copy that has begun takes effect within the
 * `requestMilliseconds` of its request too, or never. The SDK's default of CRC32 for uploads is left out: an upload that
 * names no checksum gets S3's own default.
 */
export class World {
  readonly scheduler: Scheduler;
  readonly #database: Database;
  readonly #dice: FaultDice;
  readonly #random: Random;
  readonly #lambda: LambdaModel;
  readonly #storage: Storage;

  constructor({ seed, faults = {}, limits = {}, s3Limits = {}, scheduler = {} }: WorldProps) {
    this.#random = new Random(seed).fork('world');
    this.scheduler = new Scheduler({ ...scheduler, seed });
    this.#dice = new FaultDice(this.#random.fork('faults'), faults);
    this.#database = new Database({
      scheduler: this.scheduler,
      random: this.#random.fork('dynamodb'),
      dice: this.#dice,
      limits: { ...DEFAULT_LIMITS, ...limits },
    });
    this.#lambda = new LambdaModel(this.scheduler, this.#database);
    this.#storage = new Storage({
      scheduler: this.scheduler,
      random: this.#random.fork('s3'),
      dice: this.#dice,
      limits: { ...DEFAULT_S3_LIMITS, ...s3Limits },
    });
  }

  /** How often each fault came, by name. */
  get faultCounts(): Readonly<Record<string, number>> {
    return this.#dice.counts;
  }

  createTable({ items = [], stream, unlikeOthers = false, ...definition }: TableProps): Table {
    const table = this.#database.createTable(definition, unlikeOthers ? definition.name : '');
    table.load(items);
    table.count();
    if (stream)
      this.#database.enableStream(
        table,
        stream.viewType ?? 'NEW_AND_OLD_IMAGES',
        stream.shards ?? this.#random.int(1, 4),
        true,
      );
    return table;
  }

  /**
   * Somebody turns the stream of a table off and on again: a new one begins.
   * @returns whether there was one.
   */
  replaceStream(name: string): boolean {
    const table = this.#database.table(name);
    if (table.stream?.status !== 'ENABLED') return false;
    table.stream.disable();
    this.#database.enableStream(table, 'NEW_AND_OLD_IMAGES', this.#random.int(1, 4), true);
    return true;
  }

  /** A table as it stands, for invariants and for changes that nobody requests. */
  table(name: string): Table {
    return this.#database.table(name);
  }

  /** A DynamoDB client whose requests are steps of this task. */
  client(task: Task, options?: ClientOptions): Pick<DynamoDBClient, 'send'> {
    return new ModelClient(task, this.#database, DYNAMODB_COMMANDS, options) as unknown as Pick<
      DynamoDBClient,
      'send'
    >;
  }

  streamsClient(task: Task, options?: ClientOptions): Pick<DynamoDBStreamsClient, 'send'> {
    return new ModelClient(task, this.#database, STREAMS_COMMANDS, options) as unknown as Pick<
      DynamoDBStreamsClient,
      'send'
    >;
  }

  /** Lambda's commands about event source mappings, for functions that were deployed. */
  lambdaClient(task: Task, options?: ClientOptions): Pick<LambdaClient, 'send'> {
    return new ModelClient(task, this.#database, this.#lambda.commands, options) as unknown as Pick<
      LambdaClient,
      'send'
    >;
  }

  createBucket({ objects = [], ...definition }: BucketProps): Bucket {
    const bucket = this.#storage.createBucket(definition);
    for (const seed of objects) this.putObject(bucket.name, seed);
    return bucket;
  }

  /** A bucket as it stands, for invariants and for changes that nobody requests. */
  bucket(name: string): Bucket {
    return this.#storage.bucket(name);
  }

  /** An object is there, with a change and an event as of a PutObject that nobody sent. */
  putObject(bucketName: string, seed: ObjectSeed): void {
    const bucket = this.bucket(bucketName);
    bucket.put(draftOf(this.#storage, bucket, seed), seed.parts ? 'CompleteMultipartUpload' : 'PutObject');
  }

  /** An S3 client whose requests are steps of this task. */
  s3Client(task: Task, options?: ClientOptions): Pick<S3Client, 'send'> {
    return new ModelClient(task, this.#storage, S3_COMMANDS, options) as unknown as Pick<S3Client, 'send'>;
  }

  /** Calls back at every change of an object, at the moment of its effect. */
  onObject(listener: (change: ObjectChange) => void): void {
    this.#storage.listeners.push(listener);
  }

  /** Hands the events of a bucket to a function from now on. */
  deliverEvents(props: EventDeliveryProps): EventDelivery {
    return new EventDelivery(this.scheduler, this.#storage, props);
  }

  /** Makes a function known, so that a mapping can be made of it by Lambda's own command. */
  deployFunction(functionArn: string, props: FunctionProps): void {
    this.#lambda.deploy(functionArn, props);
  }

  /** The event source mappings so far, those that were made by command too. */
  get mappings(): readonly Mapping[] {
    return [...this.#lambda.mappings.values()];
  }

  /** An event source mapping on a stream. */
  mapping(props: MappingProps): Mapping {
    return this.#lambda.map(props);
  }

  /** Calls back at every change of an item, at the moment of its effect. */
  onWrite(listener: (write: Write) => void): void {
    this.#database.listeners.push(listener);
  }

  /** Calls back at every change of a table's policy. */
  onPolicy(listener: PolicyListener): void {
    this.#database.policyListeners.push(listener);
  }

  /** Runs one task, and what else was spawned, to the end, and returns what it returned. */
  async run<T>(code: (task: Task) => Promise<T>, name = 'main'): Promise<T> {
    let result: { readonly value: T } | undefined;
    const task = this.scheduler.spawn(name, async (self) => {
      result = { value: await code(self) };
    });
    const ending = await this.scheduler.run();
    if (task.outcome?.kind === 'threw') throw task.outcome.error;
    if (!result)
      throw new Error(`${name} did not return: ${ending.kind}, waiting: ${ending.waiting.join(', ')}`);
    return result.value;
  }

  /** What happened, one line an event. */
  trace(): string[] {
    return this.scheduler.trace.lines();
  }
}
