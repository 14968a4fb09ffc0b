import type { FaultDice } from '../faults.ts';
import type { Random } from '../random.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Effect, Service, WireRequest } from '../service.ts';
import { Bucket, type BucketDefinition, type BucketHost } from './bucket.ts';
import { requestText, resultText } from './descriptions.ts';
import { bodiless, internalError, noSuchBucket, slowDown } from './errors.ts';
import type { ObjectEvent } from './events.ts';
import type { ObjectChange } from './stored-object.ts';

/** Limits of S3, which small worlds can lower to meet them. */
export interface S3Limits {
  /** Most keys of a page of ListObjectsV2; the seed chooses how many. @default 1,000 */
  readonly pageKeys: number;
  /** Most parts or uploads of a page of their listings. @default 1,000 */
  readonly pageParts: number;
  /** Least bytes of a part but the last. @default 5 MiB */
  readonly minPartBytes: number;
  /** Most bytes that one CopyObject or UploadPartCopy copies. @default 5 GiB */
  readonly copyBytes: number;
}

export const DEFAULT_S3_LIMITS: S3Limits = {
  pageKeys: 1_000,
  pageParts: 1_000,
  minPartBytes: 5 * 1_048_576,
  copyBytes: 5 * 1_073_741_824,
};

export interface StorageProps {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly dice: FaultDice;
  readonly limits: S3Limits;
}

/** Longer than all attempts of the SDK take together. */
const LONGEST_BUSY_MILLISECONDS = 5_000;

/** The state of the modelled S3: buckets, and whoever listens to their changes and events. */
export class Storage implements Service, BucketHost {
  readonly random: Random;
  readonly dice: FaultDice;
  readonly limits: S3Limits;
  readonly listeners: ((change: ObjectChange) => void)[] = [];
  readonly eventListeners: ((event: ObjectEvent) => void)[] = [];
  readonly #scheduler: Scheduler;
  readonly #buckets = new Map<string, Bucket>();
  #ids = 0;
  #busyUntil = 0;
  #requests = 0;
  /** Of the request that is at work. */
  #request: string | undefined;

  constructor({ scheduler, random, dice, limits }: StorageProps) {
    this.#scheduler = scheduler;
    this.random = random;
    this.dice = dice;
    this.limits = limits;
  }

  get now(): number {
    return this.#scheduler.clock;
  }

  createBucket(definition: BucketDefinition): Bucket {
    const bucket = new Bucket(this, definition);
    this.#buckets.set(bucket.name, bucket);
    return bucket;
  }

  has(bucket: string): boolean {
    return this.#buckets.has(bucket);
  }

  bucket(name: string | undefined): Bucket {
    const bucket = this.#buckets.get(name ?? '');
    if (!bucket) throw noSuchBucket(name);
    return bucket;
  }

  /** An identifier that says nothing. */
  id(kind: string): string {
    return `${kind}-${++this.#ids}`;
  }

  versionId(): string {
    return this.id('version');
  }

  changed(change: ObjectChange): void {
    for (const listener of this.listeners) listener(change);
  }

  happened(event: ObjectEvent): void {
    const named = this.#request === undefined ? event : { ...event, request: this.#request };
    for (const listener of this.eventListeners) listener(named);
  }

  named(effect: () => object | Effect<object>): object | Effect<object> {
    const requestId = `request-${++this.#requests}`;
    const step = <T>(work: () => T): T => {
      this.#request = requestId;
      try {
        return work();
      } finally {
        this.#request = undefined;
      }
    };
    const begun = step(effect);
    return Symbol.iterator in begun ? stepByStep(begun, step, requestId) : answered(begun, requestId);
  }

  isBusy(): boolean {
    // Without the fault nothing is drawn: a schedule that has none is not another one for it.
    if (this.dice.chanceOf('busy') === 0) return false;
    if (this.now >= this.#busyUntil && this.dice.strikes('busy'))
      this.#busyUntil = this.now + this.random.int(1, LONGEST_BUSY_MILLISECONDS);
    return this.now < this.#busyUntil;
  }

  overloaded(operation: string): Error {
    return asAnswered(operation, slowDown());
  }

  failed(operation: string): Error {
    return asAnswered(operation, internalError());
  }

  /** Names and parameters stand apart from the content, so that they can be changed around the same content. */
  requestOf(input: object): WireRequest {
    const { Body, ...query } = input as { readonly Body?: unknown };
    return { query, body: Body, headers: {} };
  }

  inputOf({ query = {}, body }: WireRequest): Record<string, unknown> {
    return { ...query, ...(body === undefined ? {} : { Body: body }) };
  }

  requestText(operation: string, input: object): string {
    return requestText(operation, input);
  }

  resultText(result: object): string {
    return resultText(result);
  }
}

function asAnswered(operation: string, error: Error): Error {
  return operation === 'HeadObject' ? (bodiless(error) as Error) : error;
}

function* stepByStep(
  effect: Effect<object>,
  step: <T>(work: () => T) => T,
  requestId: string,
): Effect<object> {
  try {
    for (;;) {
      const { value, done } = step(() => effect.next());
      if (done) return answered(value, requestId);
      yield value;
    }
  } finally {
    step(() => effect.return({}));
  }
}

function answered(answer: object, requestId: string): object {
  return { ...answer, $metadata: { requestId } };
}
