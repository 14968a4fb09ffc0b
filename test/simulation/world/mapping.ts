import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { Database } from './database.ts';
import { lambdaRecord } from './lambda-records.ts';
import { Lane } from './lanes.ts';
import type { Scheduler } from './scheduler.ts';
import type { Shard, ShardRecord } from './shard.ts';
import type { Stream } from './stream.ts';
import type { Task } from './task.ts';

export interface MappingProps {
  readonly name: string;
  readonly streamArn: string;
  /** As Lambda's commands know it. */
  readonly id?: string;
  readonly functionArn?: string;
  /** Called once for each invocation, with the invocation's own task. */
  readonly handler: (event: DynamoDBStreamEvent, invocation: Task) => Promise<unknown>;
  /** @default TRIM_HORIZON */
  readonly startingPosition?: 'TRIM_HORIZON' | 'LATEST';
  /** Most records of a batch; the seed chooses how many. @default 4 */
  readonly batchSize?: number;
  /** Batches of a shard in parallel, those of one key in order. @default 1 */
  readonly parallelization?: number;
  /** An invocation is killed after this time. @default 60,000 */
  readonly timeoutMilliseconds?: number;
  /** It begins to read within this time. @default 5,000 */
  readonly startMilliseconds?: number;
  /** @default 250 */
  readonly pollMilliseconds?: number;
}

interface Redelivery {
  readonly at: number;
  readonly records: readonly ShardRecord[];
}

const RETRY_MILLISECONDS = 2_000;
/** A batch that was done may come once more, soon or much later. */
const REDELIVERY_MILLISECONDS = [100, 2_000, 60_000] as const;
const DEATH_MILLISECONDS = 100;

/**
 * A Lambda event source mapping: at least once, in order within a shard, parents before children, until it succeeds.
 * What was delivered may be delivered again to a new invocation, at the same time or much later.
 */
export class Mapping {
  /** Invocations so far, and those that run now. */
  invocations = 0;
  running = 0;
  readonly #scheduler: Scheduler;
  readonly #database: Database;
  readonly #stream: Stream;
  readonly #props: Required<MappingProps>;
  readonly #lanes = new Map<Shard, Lane[]>();
  #redeliveries: Redelivery[] = [];
  readonly #poller: Task;
  #enabled = true;
  #removed = false;
  #stateSettlesAt: number;
  /** It has polled: shards that it finds from now on are read from their start. */
  #begun = false;

  constructor(scheduler: Scheduler, database: Database, props: MappingProps) {
    this.#scheduler = scheduler;
    this.#database = database;
    this.#stream = database.stream(props.streamArn);
    this.#props = {
      startingPosition: 'TRIM_HORIZON',
      batchSize: 4,
      parallelization: 1,
      timeoutMilliseconds: 60_000,
      startMilliseconds: 5_000,
      pollMilliseconds: 250,
      id: props.name,
      functionArn: props.name,
      ...props,
    };
    this.#stateSettlesAt = database.now + database.random.int(0, this.#props.startMilliseconds);
    this.#poller = scheduler.spawn(`mapping ${props.name}`, (task) => this.#run(task), { background: true });
  }

  /** Disabled and enabled again, it goes on where it stopped. */
  enable(): void {
    this.#enabled = true;
  }

  /** No new invocation begins; those that run go on. */
  disable(): void {
    this.#enabled = false;
  }

  /** Like `disable`, for ever. */
  remove(): void {
    this.disable();
    this.#poller.kill();
    this.#removed = true;
    this.#stateSettlesAt = this.#database.now + this.#database.random.int(0, this.#props.startMilliseconds);
  }

  get id(): string {
    return this.#props.id;
  }

  get functionArn(): string {
    return this.#props.functionArn;
  }

  get streamArn(): string {
    return this.#stream.arn;
  }

  /** As Lambda shows it: `Enabled` does not prove that it reads. */
  get state(): 'Creating' | 'Enabled' | 'Disabled' | 'Deleting' | 'Deleted' {
    const settled = this.#database.now >= this.#stateSettlesAt;
    if (this.#removed) return settled ? 'Deleted' : 'Deleting';
    if (!settled) return 'Creating';
    return this.#enabled ? 'Enabled' : 'Disabled';
  }

  /** Records whose batch has not succeeded yet. */
  get backlog(): number {
    return this.#stream.shards.reduce((sum, shard) => {
      const lanes = this.#lanes.get(shard);
      const position = lanes ? Math.min(...lanes.map(({ position }) => position)) : shard.trimmed;
      return sum + shard.end - Math.max(position, shard.trimmed);
    }, 0);
  }

  /** Every record was delivered, and nobody works on one. What was delivered may still come again. */
  get idle(): boolean {
    return this.backlog === 0 && this.running === 0;
  }

  async #run(task: Task): Promise<void> {
    await task.runtime.sleep(this.#database.random.int(0, this.#props.startMilliseconds));
    for (;;) {
      if (this.#enabled) this.#poll();
      await task.runtime.sleep(this.#props.pollMilliseconds);
    }
  }

  #poll(): void {
    this.#stream.expire();
    const { now } = this.#database;
    for (const shard of this.#stream.shards)
      if (this.#lanes.has(shard) || this.#parentIsDone(shard))
        for (const lane of this.#lanesOf(shard)) if (!lane.busy && lane.retryAt <= now) this.#deliver(lane);
    this.#begun = true;
    const due = this.#redeliveries.filter(({ at }) => at <= now);
    this.#redeliveries = this.#redeliveries.filter(({ at }) => at > now);
    for (const { records } of due) {
      this.#database.dice.count('redelivered');
      this.#invoke(records, 'again');
    }
  }

  #parentIsDone({ parent }: Shard): boolean {
    const shard = this.#stream.shards.find(({ id }) => id === parent);
    if (!shard) return true;
    return this.#lanes.get(shard)?.every(({ isDone }) => isDone) ?? false;
  }

  #lanesOf(shard: Shard): readonly Lane[] {
    const known = this.#lanes.get(shard);
    if (known) return known;
    const latest = this.#props.startingPosition === 'LATEST' && !this.#begun;
    const position = latest ? shard.end : shard.trimmed;
    const { parallelization } = this.#props;
    const lanes = Array.from(
      { length: parallelization },
      (_, number) => new Lane(shard, position, number, parallelization),
    );
    this.#lanes.set(shard, lanes);
    return lanes;
  }

  #deliver(lane: Lane): void {
    const { dice, random } = this.#database;
    if (lane.position < lane.shard.trimmed) {
      dice.count('trimmedUnread');
      lane.position = lane.shard.trimmed;
    }
    const { records, next } = lane.batch(this.#database.now, this.#props.batchSize, random);
    if (records.length === 0) {
      lane.position = next;
      return;
    }
    lane.busy = true;
    const invocation = this.#invoke(records, `${lane.shard.id}`);
    if (dice.strikes('invocationKilled')) invocation.killAfter(random.int(0, DEATH_MILLISECONDS));
    if (dice.strikes('duplicated')) this.#invoke(records, 'duplicate');
    invocation.whenEnded(() => {
      lane.busy = false;
      const succeeded = invocation.outcome?.kind === 'returned';
      if (!succeeded) lane.retryAt = this.#database.now + random.int(0, RETRY_MILLISECONDS);
      else if (!dice.strikes('successForgotten')) lane.position = next;
      // Counted when it comes.
      if (random.chance(dice.chanceOf('redelivered')))
        this.#redeliveries.push({
          at: this.#database.now + random.int(0, random.pick(REDELIVERY_MILLISECONDS)),
          records,
        });
    });
  }

  #invoke(records: readonly ShardRecord[], why: string): Task {
    const { name, handler, timeoutMilliseconds } = this.#props;
    const event = { Records: records.map(({ record }) => lambdaRecord(record, this.#stream.arn)) };
    this.invocations++;
    this.running++;
    const invocation = this.#scheduler.spawn(`${name}#${this.invocations}`, (task) => handler(event, task), {
      background: true,
      timeoutMilliseconds,
    });
    invocation.note(
      () => `is given ${records.map(({ sequence }) => `…${sequence.slice(-8)}`).join(' ')} (${why})`,
    );
    invocation.whenEnded(() => {
      this.running--;
    });
    return invocation;
  }
}
