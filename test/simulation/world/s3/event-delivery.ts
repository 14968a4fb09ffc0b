import { createHash } from 'node:crypto';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { Scheduler } from '../scheduler.ts';
import type { Task } from '../task.ts';
import { type EventType, eventBridgeEvent, type ObjectEvent } from './events.ts';
import type { Storage } from './storage.ts';

export interface EventDeliveryProps {
  readonly bucket: string;
  /** Of the keys whose events are wanted. @default all */
  readonly prefix?: string;
  /** @default created and deleted */
  readonly types?: readonly EventType[];
  /** Called once for each invocation, with the invocation's own task. What it returns is ignored. */
  readonly handler: (event: SQSEvent, invocation: Task) => Promise<unknown>;
  /** Names the queue and the invocations. @default events of the bucket */
  readonly name?: string;
  /** An event that is not late takes up to this long. @default 2,000 */
  readonly delayMilliseconds?: number;
  /** An event that is late takes up to this long. @default 300,000 */
  readonly lateMilliseconds?: number;
  /** Most messages of a batch; the seed chooses how many. @default 4 */
  readonly batchSize?: number;
  /** Most invocations at once. @default 3 */
  readonly concurrency?: number;
  /** An invocation is killed after this time. @default 60,000 */
  readonly timeoutMilliseconds?: number;
  /** A batch that was not done comes again this long after it was received. @default six timeouts, as AWS recommends */
  readonly visibilityMilliseconds?: number;
  /** A message that was received so often without success goes to the dead letters. @default 5 */
  readonly maxReceives?: number;
}

interface Message {
  readonly id: string;
  readonly body: string;
  readonly sentMilliseconds: number;
  receives: number;
  firstReceivedMilliseconds: number | undefined;
}

const BATCHING_MILLISECONDS = 500;
const DEATH_MILLISECONDS = 100;
/** A message that was done may come once more, soon or much later. */
const REDELIVERY_MILLISECONDS = [100, 2_000, 60_000] as const;

/**
 * The way of S3's events to a function: a rule of EventBridge, a standard queue, an event source mapping. At least
 * once and in no order; by a fault late, twice, or never. It does nothing of its own accord once everything is
 * delivered.
 */
export class EventDelivery {
  /** Invocations so far, and those that run now. */
  invocations = 0;
  running = 0;
  readonly #scheduler: Scheduler;
  readonly #storage: Storage;
  readonly #props: Required<EventDeliveryProps>;
  #visible: Message[] = [];
  /** Messages that are on their way, or received and not done yet. */
  #pending = 0;
  readonly #dead: Message[] = [];
  #events = 0;
  #messages = 0;
  #collecting = false;
  #removed = false;

  constructor(scheduler: Scheduler, storage: Storage, props: EventDeliveryProps) {
    this.#scheduler = scheduler;
    this.#storage = storage;
    const timeoutMilliseconds = props.timeoutMilliseconds ?? 60_000;
    this.#props = {
      prefix: '',
      types: ['Object Created', 'Object Deleted'],
      name: `events of ${props.bucket}`,
      delayMilliseconds: 2_000,
      lateMilliseconds: 300_000,
      batchSize: 4,
      concurrency: 3,
      timeoutMilliseconds,
      visibilityMilliseconds: 6 * timeoutMilliseconds,
      maxReceives: 5,
      ...props,
    };
    const { visibilityMilliseconds } = this.#props;
    // Lambda refuses such a mapping.
    if (visibilityMilliseconds < timeoutMilliseconds)
      throw new Error(`a queue's visibility timeout of ${visibilityMilliseconds} ms is below its function's`);
    storage.eventListeners.push((event) => this.#hear(event));
  }

  /** Every message was delivered or is dead, and nobody works on one. */
  get idle(): boolean {
    return this.#pending === 0 && this.#visible.length === 0 && this.running === 0;
  }

  /** The bodies of the messages that were given up. */
  get deadLetters(): readonly string[] {
    return this.#dead.map(({ body }) => body);
  }

  /** Hears of nothing more and calls nobody any more; invocations that run go on. */
  remove(): void {
    this.#removed = true;
    this.#visible = [];
  }

  #hear(event: ObjectEvent): void {
    const { bucket, prefix, types } = this.#props;
    if (this.#removed || event.bucket !== bucket) return;
    if (!event.key.startsWith(prefix) || !types.includes(event.type)) return;
    const { dice, now } = this.#storage;
    const body = JSON.stringify(eventBridgeEvent(event, ++this.#events, now));
    if (dice.strikes('eventLost')) {
      this.#note(`${event.type} ${event.key} is lost`);
      return;
    }
    this.#send(body);
    if (dice.strikes('eventDuplicated')) this.#send(body);
  }

  #send(body: string): void {
    const { delayMilliseconds, lateMilliseconds } = this.#props;
    const { dice, random } = this.#storage;
    const delay = random.int(0, dice.strikes('eventLate') ? lateMilliseconds : delayMilliseconds);
    const sentMilliseconds = this.#storage.now + delay;
    const id = `message-${++this.#messages}`;
    this.#arriveAfter(delay, {
      id,
      body,
      sentMilliseconds,
      receives: 0,
      firstReceivedMilliseconds: undefined,
    });
  }

  #arriveAfter(milliseconds: number, message: Message): void {
    this.#pending++;
    this.#scheduler.after(milliseconds, () => {
      this.#pending--;
      if (this.#removed) return;
      this.#visible.push(message);
      this.#collectSoon();
    });
  }

  #collectSoon(): void {
    if (this.#collecting) return;
    this.#collecting = true;
    this.#scheduler.after(this.#storage.random.int(0, BATCHING_MILLISECONDS), () => {
      this.#collecting = false;
      while (this.#visible.length > 0 && this.running < this.#props.concurrency) this.#receive();
    });
  }

  #receive(): void {
    const { batchSize } = this.#props;
    const { random } = this.#storage;
    const batch = this.#visible.splice(0, random.int(1, Math.min(batchSize, this.#visible.length)));
    for (const message of batch) {
      message.receives++;
      message.firstReceivedMilliseconds ??= this.#storage.now;
    }
    this.#deliver(batch);
  }

  #deliver(batch: readonly Message[]): void {
    const { dice, random } = this.#storage;
    const receivedAt = this.#storage.now;
    this.#pending += batch.length;
    const invocation = this.#invoke(batch, 'received');
    if (dice.strikes('invocationKilled')) invocation.killAfter(random.int(0, DEATH_MILLISECONDS));
    if (dice.strikes('duplicated')) this.#invoke(batch, 'duplicate');
    invocation.whenEnded(() => {
      this.#pending -= batch.length;
      const succeeded = invocation.outcome?.kind === 'returned' && !dice.strikes('successForgotten');
      if (!succeeded) this.#return(batch, receivedAt);
      else if (dice.strikes('redelivered'))
        for (const message of batch)
          if (message.receives < this.#props.maxReceives)
            this.#arriveAfter(random.int(0, random.pick(REDELIVERY_MILLISECONDS)), message);
    });
  }

  /** What was not done is visible again when its time is over, or dead. */
  #return(batch: readonly Message[], receivedAt: number): void {
    const { maxReceives, visibilityMilliseconds } = this.#props;
    for (const message of batch)
      if (message.receives < maxReceives)
        this.#arriveAfter(Math.max(0, receivedAt + visibilityMilliseconds - this.#storage.now), message);
      else {
        this.#note(`${message.id} is given up`);
        this.#dead.push(message);
      }
  }

  #invoke(batch: readonly Message[], why: string): Task {
    const { handler, name, timeoutMilliseconds } = this.#props;
    const event = { Records: batch.map((message) => this.#record(message)) };
    this.invocations++;
    this.running++;
    const invocation = this.#scheduler.spawn(`${name}#${this.invocations}`, (task) => handler(event, task), {
      background: true,
      timeoutMilliseconds,
    });
    invocation.note(() => `is given ${batch.map(({ id }) => id).join(' ')} (${why})`);
    invocation.whenEnded(() => {
      this.running--;
      if (this.#visible.length > 0) this.#collectSoon();
    });
    return invocation;
  }

  #record({ id, body, receives, sentMilliseconds, firstReceivedMilliseconds }: Message): SQSRecord {
    return {
      messageId: id,
      receiptHandle: `${id}.${receives}`,
      body,
      attributes: {
        ApproximateReceiveCount: String(receives),
        SentTimestamp: String(sentMilliseconds),
        SenderId: 'events.amazonaws.com',
        ApproximateFirstReceiveTimestamp: String(firstReceivedMilliseconds),
      },
      messageAttributes: {},
      md5OfBody: createHash('md5').update(body).digest('hex'),
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${this.#props.name.replaceAll(' ', '-')}`,
      awsRegion: 'us-east-1',
    };
  }

  #note(text: string): void {
    this.#scheduler.note(this.#props.name, text);
  }
}
