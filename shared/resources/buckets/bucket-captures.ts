import { createHash } from 'node:crypto';
import { locationOf } from '../../bucket-location.ts';
import { PermanentError } from '../../errors.ts';
import type { ResourceCaptures, SeenStream } from '../resource-kind.ts';
import { type BucketAccount, type Destinations, destinationList } from './bucket-account.ts';

/** Whoever is told the events of a bucket. */
export interface BoundBuckets {
  of(bucket: string): Promise<readonly object[]>;
}

/** The event source mappings of the account. */
interface Mappings {
  /** In words of Lambda. @returns undefined if the mapping is gone. */
  mappingState(id: string): Promise<string | undefined>;
}

interface BucketCapturesProps {
  readonly account: BucketAccount;
  readonly mappings: Mappings;
  readonly bound: BoundBuckets;
  /** Id of the event source mapping that leads the events of all buckets to the migrator's function. */
  readonly mapping: string | undefined;
}

/**
 * The changes of buckets: EventBridge hands them to a queue, and one mapping, which comes with the stack, to the
 * function. An event takes up to five minutes to be told after the first switching on (User Guide, "Enabling Amazon
 * EventBridge"), and may never come: events are hints.
 *
 * S3 knows a bucket's notifications as a whole, without a condition: what somebody else writes between the reading and
 * the writing is lost. So nothing is written that stands already.
 */
export class BucketCaptures implements ResourceCaptures {
  readonly hintsOnly = true;
  readonly #account: BucketAccount;
  readonly #mappings: Mappings;
  readonly #bound: BoundBuckets;
  readonly #mapping: string | undefined;

  constructor({ account, mappings, bound, mapping }: BucketCapturesProps) {
    this.#account = account;
    this.#mappings = mappings;
    this.#bound = bound;
    this.#mapping = mapping;
  }

  async stream(name: string): Promise<SeenStream> {
    const { bucket } = locationOf(name);
    const { eventBridge, destinations } = await this.#account.notifications(bucket);
    return {
      on: eventBridge !== undefined,
      stream: name,
      settled: true,
      revision: digestOf(destinations),
    };
  }

  async enable(name: string): Promise<void> {
    const { bucket } = locationOf(name);
    const { eventBridge, destinations } = await this.#account.notifications(bucket);
    if (!eventBridge) await this.#account.putNotifications(bucket, { eventBridge: {}, destinations });
  }

  async disable(name: string): Promise<void> {
    const { bucket } = locationOf(name);
    const { eventBridge, destinations } = await this.#account.notifications(bucket);
    if (eventBridge) await this.#account.putNotifications(bucket, { eventBridge: undefined, destinations });
  }

  async isShared(name: string): Promise<boolean> {
    return (await this.#bound.of(locationOf(name).bucket)).length > 0;
  }

  async map(): Promise<string> {
    if (this.#mapping === undefined)
      throw new PermanentError('the stack was deployed without buckets: name them in its config');
    return this.#mapping;
  }

  mappingState(id: string): Promise<string | undefined> {
    return this.#mappings.mappingState(id);
  }

  /** The mapping stays for the buckets of others: nobody is bound to these any more. */
  async unmap(): Promise<boolean> {
    return true;
  }
}

/** Of what else is told, in any order. */
function digestOf(destinations: Destinations): string {
  const text = destinationList(destinations)
    .map((one) => JSON.stringify(one))
    .sort();
  return createHash('sha256').update(JSON.stringify(text)).digest('hex').slice(0, 16);
}
