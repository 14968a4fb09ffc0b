import { DeleteObjectCommand, DeleteObjectTaggingCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import type { S3 } from '../../clients.ts';
import { isNamed } from '../../errors.ts';
import { copyObject, goesInParts } from './s3-copy.ts';
import type { CopyProps, Expected } from './s3-copy-request.ts';
import { type ObjectOutcome, outcomeOf } from './s3-errors.ts';
import type { ObjectVersion, Version } from './s3-history.ts';
import type { Gap, Missing, Pair } from './s3-history-gap.ts';
import { wholeKey } from './s3-key.ts';
import { headObject, withTags } from './s3-read.ts';
import type { Turn } from './s3-turns.ts';
import { TrackedS3Writes } from './s3-writes.ts';

/** Beyond them the key is left to another time. */
const THROTTLED_ATTEMPTS = 8;

interface AppendProps {
  readonly copying: CopyProps;
  /** A client that sends each request once: whether a second attempt would add a second version nobody can tell. */
  readonly once: S3;
  /** Puts a client behind the budget of all workers. */
  readonly metered: (client: S3) => S3;
  /** The same, and sends nothing again but what had no effect for certain. */
  readonly meteredOnce: (client: S3) => S3;
  /** Is added the ids of the requests that have changed an object. */
  readonly requests: string[];
  readonly key: string;
  readonly turn: Turn;
}

/** Adds to the history of one key, within one turn of it. */
export class HistoryAppend {
  readonly #copying: CopyProps;
  readonly #inParts: CopyProps;
  readonly #reads: S3;
  readonly #parts: TrackedS3Writes;
  readonly #once: TrackedS3Writes;
  readonly #key: string;
  readonly #turn: Turn;

  constructor({ copying, once, metered, meteredOnce, requests, key, turn }: AppendProps) {
    // The parts of a copy can be sent again, and its end takes effect once.
    this.#parts = new TrackedS3Writes(copying.client, requests);
    this.#once = new TrackedS3Writes(once, requests);
    this.#copying = { ...copying, client: meteredOnce(this.#once) };
    this.#inParts = { ...copying, client: metered(this.#parts) };
    this.#reads = metered(copying.client);
    this.#key = key;
    this.#turn = turn;
  }

  get outcomesKnown(): boolean {
    return this.#parts.outcomesKnown && this.#once.outcomesKnown;
  }

  /**
   * Adds what is missing, version by version, each on condition of the one before.
   * @param current the version that stands last in the history now.
   * @returns the first outcome that is another than `written`. Then no more is added.
   */
  async fill({ missing, pairs }: Gap, current: Version | undefined): Promise<ObjectOutcome> {
    for (const pair of pairs) {
      const outcome = await this.#sameTags(pair);
      if (outcome.kind !== 'written') return outcome;
    }
    let expected: Expected =
      current?.kind === 'object' ? { kind: 'etag', etag: current.etag } : { kind: 'absent' };
    for (const version of missing) {
      const outcome = await this.#patiently(() => this.#add(version, expected));
      if (outcome.kind !== 'written') return outcome;
      expected = version.kind === 'object' ? { kind: 'etag', etag: outcome.etag ?? '' } : { kind: 'absent' };
    }
    return { kind: 'written' };
  }

  async #add(version: Missing, expected: Expected): Promise<ObjectOutcome> {
    if (version.kind === 'object') return this.#copy(version, expected);
    // A marker is only added upon an object.
    if (expected.kind === 'absent') return { kind: 'written' };
    return outcomeOf(
      this.#copying.client.send(new DeleteObjectCommand({ ...this.#target, IfMatch: expected.etag })),
    );
  }

  async #copy({ object, versionId }: ObjectVersion, expected: Expected): Promise<ObjectOutcome> {
    const { from } = this.#copying;
    const known = object ?? (await headObject(this.#reads, from, this.#key, { named: versionId }));
    if (!known) return { kind: 'changed' };
    if (!goesInParts(this.#copying, known)) return copyObject(this.#copying, known, expected);
    // CopyObject takes the tags along by itself.
    const whole = object ?? (await withTags(this.#reads, from, known));
    return whole ? copyObject(this.#inParts, whole, expected) : { kind: 'changed' };
  }

  /** Gives a version of the passive side the tags of the active side's: they can change without another version. */
  async #sameTags(pair: Pair): Promise<ObjectOutcome> {
    const tags = otherTags(pair);
    if (!tags) return { kind: 'written' };
    const target = { ...this.#target, VersionId: pair[1].versionId };
    const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    return this.#patiently(() =>
      outcomeOf(
        TagSet.length === 0
          ? this.#inParts.client.send(new DeleteObjectTaggingCommand(target))
          : this.#inParts.client.send(new PutObjectTaggingCommand({ ...target, Tagging: { TagSet } })),
      ),
    );
  }

  /** What S3 has refused because it has too much to do had no effect: it is tried again. */
  async #patiently(send: () => Promise<ObjectOutcome>): Promise<ObjectOutcome> {
    for (let attempt = 1; !this.#turn.isOver(); attempt++) {
      try {
        return await send();
      } catch (error) {
        if (!isNamed(error, 'SlowDown') || attempt >= THROTTLED_ATTEMPTS) throw error;
        await this.#turn.rest(attempt);
      }
    }
    return { kind: 'changed' };
  }

  get #target() {
    const { to } = this.#copying;
    return { Bucket: to.bucket, Key: wholeKey(to, this.#key) };
  }
}

/** The tags that a version of the passive side should have. @returns undefined where it has them, or nobody has looked. */
export function otherTags([active, passive]: Pair): Readonly<Record<string, string>> | undefined {
  if (active.kind !== 'object' || passive.kind !== 'object' || !active.object || !passive.object)
    return undefined;
  return textOf(active.object.tags) === textOf(passive.object.tags) ? undefined : active.object.tags;
}

function textOf(tags: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
}
