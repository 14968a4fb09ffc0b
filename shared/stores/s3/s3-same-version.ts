import type { S3 } from '../../clients.ts';
import type { BucketLocation } from '../../model.ts';
import type { Meter } from '../meter.ts';
import { hasSameBytes } from './s3-bytes.ts';
import type { ObjectVersion } from './s3-history.ts';
import type { Pair } from './s3-history-gap.ts';
import { isSameObject, type S3Object } from './s3-object.ts';
import { headObject } from './s3-read.ts';

interface SameVersionProps {
  readonly client: S3;
  /** Asked for the bytes that are read. */
  readonly meter: Meter | undefined;
  readonly active: BucketLocation;
  readonly passive: BucketLocation;
  /** What versions are compared by, as current objects are. */
  readonly compare: 'listing' | 'everything' | 'bytes';
}

const MOST_KNOWN = 20_000;

/**
 * Tells whether versions of both sides are the same. Their tags are left out: they can be changed afterwards. All else
 * stays as it was written, and what was found out once is remembered.
 */
export class SameVersion {
  readonly #props: SameVersionProps;
  readonly #known = new Map<string, boolean>();

  constructor(props: SameVersionProps) {
    this.#props = props;
  }

  /** As far as is known without a request. Of versions that were not looked at the ETag tells, for their bytes. */
  atHand(key: string, pair: Pair): boolean | undefined {
    const [a, b] = pair;
    if (a.kind !== 'object' || b.kind !== 'object') return a.kind === b.kind;
    if (a.bytes !== b.bytes) return false;
    const { compare } = this.#props;
    const known = this.#known.get(nameOf(key, pair));
    if (known !== undefined) return known;
    if (!a.object || !b.object) return compare === 'listing' && a.etag === b.etag ? true : undefined;
    return this.#judged(a.object, b.object);
  }

  /** With every request that it takes. @returns false where one of them is gone. */
  async look(key: string, pair: Pair): Promise<boolean> {
    const [a, b] = pair;
    if (a.kind !== 'object' || b.kind !== 'object') return a.kind === b.kind;
    const { client, meter, active, passive } = this.#props;
    const [ours, theirs] = await Promise.all([
      this.#lookedAt(active, key, a),
      this.#lookedAt(passive, key, b),
    ]);
    if (!ours || !theirs) return false;
    const isSame =
      this.#judged(ours, theirs) ??
      (await hasSameBytes(
        client,
        meter,
        { location: active, object: ours },
        { location: passive, object: theirs },
      ));
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(nameOf(key, pair), isSame);
    return isSame;
  }

  #judged(a: S3Object, b: S3Object): boolean | undefined {
    const isSame = isSameButForTags(a, b);
    return isSame && this.#props.compare === 'bytes' ? undefined : isSame;
  }

  async #lookedAt(
    location: BucketLocation,
    key: string,
    { object, versionId }: ObjectVersion,
  ): Promise<S3Object | undefined> {
    return object ?? headObject(this.#props.client, location, key, { named: versionId });
  }
}

function nameOf(key: string, [active, passive]: Pair): string {
  return `${active.versionId} ${passive.versionId} ${key}`;
}

function isSameButForTags(a: S3Object, b: S3Object): boolean | undefined {
  return isSameObject({ ...a, tags: {} }, { ...b, tags: {} });
}
