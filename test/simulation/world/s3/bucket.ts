import type { ServerSideEncryption } from '@aws-sdk/client-s3';
import type { AmendmentEvent, EventReason, ObjectEvent } from './events.ts';
import type { ObjectChange, StoredObject } from './stored-object.ts';
import type { Upload } from './upload.ts';

export interface BucketDefinition {
  readonly name: string;
  /** @default false, but for one with Object Lock */
  readonly versioned?: boolean;
  /** @default false */
  readonly objectLock?: boolean;
  /** Whether its owner owns every object, so that there are no access control lists. @default false */
  readonly knowsNoAcls?: boolean;
  /** What objects are encrypted with that say nothing of it. @default AES256 */
  readonly encryption?: ServerSideEncryption;
}

/** What a bucket needs of the storage around it. */
export interface BucketHost {
  readonly now: number;
  changed(change: ObjectChange): void;
  happened(event: ObjectEvent): void;
  versionId(): string;
}

/** An object as a write gives it: the bucket says when it was written, and as which version. */
export type ObjectDraft = Omit<StoredObject, 'versionId' | 'lastModifiedMilliseconds'> & {
  readonly lastModifiedMilliseconds?: number;
};

/** What can be changed of an object without writing it anew. */
type Amendment = Partial<Pick<StoredObject, 'acl' | 'lock' | 'tags'>>;

/** What stands in the place of an object that was deleted. */
export interface DeleteMarker {
  readonly key: string;
  readonly versionId: string;
  readonly lastModifiedMilliseconds: number;
}

/** The id of versions that were written before the bucket kept any. */
const NULL_VERSION = 'null';

/** A bucket: its objects, the earlier ones too where it has versions, and uploads that are under way. */
export class Bucket {
  readonly name: string;
  readonly objectLock: boolean;
  readonly knowsNoAcls: boolean;
  readonly encryption: ServerSideEncryption;
  /** By their id. */
  readonly openUploads = new Map<string, Upload>();
  readonly #host: BucketHost;
  /** Of each key, the current one last. */
  readonly #versions = new Map<string, (StoredObject | DeleteMarker)[]>();
  readonly #writes = new Map<string, number>();
  /** Which version of a key came before which, of those too that are gone. */
  readonly #ranks = new Map<string, number>();
  #versioned: boolean;

  constructor(host: BucketHost, definition: BucketDefinition) {
    const { name, objectLock = false, versioned = objectLock, encryption = 'AES256' } = definition;
    this.#host = host;
    this.name = name;
    this.#versioned = versioned;
    this.objectLock = objectLock;
    this.knowsNoAcls = definition.knowsNoAcls ?? false;
    this.encryption = encryption;
  }

  get versioned(): boolean {
    return this.#versioned;
  }

  /** What is there already is kept, as versions without an id of their own. */
  keepVersions(): void {
    this.#versioned = true;
  }

  /** The current objects in the order of their keys. */
  objects(): StoredObject[] {
    return [...this.#versions.keys()]
      .sort(byUtf8)
      .map((key) => this.current(key))
      .filter((object) => object !== undefined);
  }

  /** Multipart uploads that are neither complete nor aborted, in the order of their keys. */
  uploads(): Upload[] {
    return [...this.openUploads.values()].sort((a, b) => byUtf8(a.key, b.key));
  }

  current(key: string): StoredObject | undefined {
    const last = this.#versions.get(key)?.at(-1);
    return last && isObject(last) ? last : undefined;
  }

  version(key: string, versionId: string): StoredObject | undefined {
    const found = this.history(key).find((one) => idOf(one) === versionId);
    return found && isObject(found) ? found : undefined;
  }

  /** All versions of a key, the oldest first. */
  history(key: string): readonly (StoredObject | DeleteMarker)[] {
    return this.#versions.get(key) ?? [];
  }

  /** All versions in the order of a listing: by their keys, those of one key the newest first. */
  versions(): (StoredObject | DeleteMarker)[] {
    return [...this.#versions.keys()].sort(byUtf8).flatMap((key) => this.history(key).toReversed());
  }

  /** Grows from version to version of a key; known of those, too, that are gone. */
  rankOf(key: string, versionId: string): number {
    return versionId === NULL_VERSION ? 0 : (this.#ranks.get(`${versionId}/${key}`) ?? 0);
  }

  /** How often a key was written or deleted so far. */
  writesOf(key: string): number {
    return this.#writes.get(key) ?? 0;
  }

  put(draft: ObjectDraft, reason: EventReason): StoredObject {
    const { key } = draft;
    const before = this.current(key);
    const after: StoredObject = {
      ...draft,
      lastModifiedMilliseconds: draft.lastModifiedMilliseconds ?? this.#host.now,
      ...(this.versioned ? { versionId: this.#host.versionId() } : {}),
    };
    this.#add(key, after);
    this.#host.changed({ bucket: this.name, key, ...(before ? { before } : {}), after });
    this.#host.happened({ type: 'Object Created', bucket: this.name, key, reason, object: after });
    return after;
  }

  /** @returns the delete marker's version in a bucket with versions. Of a key that is not there nothing happens else. */
  remove(key: string, reason: EventReason): string | undefined {
    const before = this.current(key);
    const marker = this.versioned
      ? { key, versionId: this.#host.versionId(), lastModifiedMilliseconds: this.#host.now }
      : undefined;
    if (!before && !marker) return undefined;
    if (marker) this.#add(key, marker);
    else {
      this.#versions.delete(key);
      this.#count(key);
    }
    if (before) this.#host.changed({ bucket: this.name, key, before });
    this.#host.happened({
      type: 'Object Deleted',
      bucket: this.name,
      key,
      reason,
      ...(marker ? { marker: marker.versionId } : {}),
    });
    return marker?.versionId;
  }

  /** Deletes one version for good. @returns what it was. */
  removeVersion(
    key: string,
    versionId: string,
    reason: EventReason,
  ): StoredObject | DeleteMarker | undefined {
    const removed = this.history(key).find((one) => idOf(one) === versionId);
    if (!removed) return undefined;
    const before = this.current(key);
    const left = this.history(key).filter((one) => one !== removed);
    if (left.length > 0) this.#versions.set(key, left);
    else this.#versions.delete(key);
    this.#count(key);
    const after = this.current(key);
    if (after !== before)
      this.#host.changed({
        bucket: this.name,
        key,
        ...(before ? { before } : {}),
        ...(after ? { after } : {}),
      });
    this.#host.happened({ type: 'Object Deleted', bucket: this.name, key, reason, version: versionId });
    return removed;
  }

  /** Neither its ETag nor its last modification tell of it. @param type of the event that does, if any does */
  amend(object: StoredObject, changes: Amendment, type?: AmendmentEvent): void {
    const versions = this.#versions.get(object.key) ?? [];
    const after = { ...object, ...changes };
    versions[versions.indexOf(object)] = after;
    if (this.current(object.key) === after)
      this.#host.changed({ bucket: this.name, key: object.key, before: object, after });
    if (type) this.#host.happened({ type, bucket: this.name, key: object.key, object: after });
  }

  #add(key: string, version: StoredObject | DeleteMarker): void {
    const earlier = this.versioned ? (this.#versions.get(key) ?? []) : [];
    this.#versions.set(key, [...earlier, version]);
    if (version.versionId) this.#ranks.set(`${version.versionId}/${key}`, this.#ranks.size + 1);
    this.#count(key);
  }

  #count(key: string): void {
    this.#writes.set(key, this.writesOf(key) + 1);
  }
}

/** The order of S3's listings: by the bytes of UTF-8, which is not the order of JavaScript's texts. */
export function byUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Whether a version is an object, or else a delete marker. */
export function isObject(version: StoredObject | DeleteMarker): version is StoredObject {
  return 'body' in version;
}

/** The id of a version as S3 tells it. */
export function idOf({ versionId = NULL_VERSION }: StoredObject | DeleteMarker): string {
  return versionId;
}
