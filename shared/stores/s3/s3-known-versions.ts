import type { S3 } from '../../clients.ts';
import type { BucketLocation } from '../../model.ts';
import type { S3Object } from './s3-object.ts';
import { headObject, withTags } from './s3-read.ts';

const MOST_KNOWN = 20_000;

/** Reads versions of objects. Nothing but its tags can change of a version: the rest is read once, and remembered. */
export class KnownVersions {
  readonly #client: S3;
  readonly #heads = new Map<string, S3Object>();

  constructor(client: S3) {
    this.#client = client;
  }

  /** @returns undefined if it is gone. */
  async read(location: BucketLocation, key: string, versionId: string): Promise<S3Object | undefined> {
    const name = `${location.bucket} ${versionId} ${key}`;
    const head =
      this.#heads.get(name) ?? (await headObject(this.#client, location, key, { named: versionId }));
    if (!head || head.unreadable) return head;
    if (this.#heads.size >= MOST_KNOWN) this.#heads.clear();
    // Versions from before a bucket kept any share one id, and can be written over.
    if (versionId !== 'null') this.#heads.set(name, head);
    return withTags(this.#client, location, head);
  }
}
