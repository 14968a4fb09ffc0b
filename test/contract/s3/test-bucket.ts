import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateBucketCommand,
  type CreateBucketCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandInput,
  type HeadObjectCommandOutput,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectAclCommand,
  type PutObjectAclCommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  type PutObjectRetentionCommandInput,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { S3 } from '../../../shared/clients.ts';
import type { Actor } from './judge.ts';

/** Least size of each part but the last one. */
export const LEAST_PART_BYTES = 5 * 1024 * 1024;
/** An ETag that no object of these tests has. */
export const OTHER_ETAG = `"${'0'.repeat(32)}"`;

type Options<Input> = Partial<Omit<Input, 'Bucket' | 'Key'>>;
/** What an upload in parts may be told, at its beginning and at its end. */
export interface UploadOptions {
  readonly create?: Options<CreateMultipartUploadCommandInput>;
  readonly complete?: Options<CompleteMultipartUploadCommandInput>;
}

/** What may be said of a bucket when it is made. */
export type BucketOptions = Pick<CreateBucketCommandInput, 'ObjectLockEnabledForBucket' | 'ObjectOwnership'>;

/** A bucket of one test's own, seen apart from the code under test. */
export class TestBucket {
  readonly name: string;
  readonly #client: S3;

  constructor(client: S3, name: string) {
    this.#client = client;
    this.name = name;
  }

  /** The same bucket, for another process. */
  by(client: S3): TestBucket {
    return new TestBucket(client, this.name);
  }

  /** @returns the ETag */
  async put(key: string, body = key, options: Options<PutObjectCommandInput> = {}): Promise<string> {
    const { ETag } = await this.#client.send(
      // The SDK takes an empty string for no body at all.
      new PutObjectCommand({ Bucket: this.name, Key: key, Body: Buffer.from(body), ...options }),
    );
    return ETag as string;
  }

  async remove(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.name, Key: key }));
  }

  /** Uploads in parts, and aborts what can't be completed. @returns the ETag */
  async upload(key: string, bodies: readonly string[], options: UploadOptions = {}): Promise<string> {
    const client = this.#client;
    const create = { ChecksumAlgorithm: 'CRC32', ...options.create } as const;
    const target = { Bucket: this.name, Key: key };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...target, ...create }));
    const Parts = [];
    for (const [index, Body] of bodies.entries()) {
      const part = { ...target, UploadId, PartNumber: index + 1 };
      const { ChecksumAlgorithm } = create;
      const { $metadata: _, ...sums } = await client.send(
        new UploadPartCommand({ ...part, Body, ChecksumAlgorithm }),
      );
      Parts.push({ ...sums, PartNumber: index + 1 });
    }
    try {
      const { ETag } = await client.send(
        new CompleteMultipartUploadCommand({
          ...target,
          UploadId,
          MultipartUpload: { Parts },
          ...options.complete,
        }),
      );
      return ETag as string;
    } catch (error) {
      await client.send(new AbortMultipartUploadCommand({ ...target, UploadId }));
      throw error;
    }
  }

  /** Copies server side, within the bucket. */
  async copy(from: string, key: string, options: Options<CopyObjectCommandInput> = {}): Promise<void> {
    const CopySource = this.sourceOf(from);
    await this.#client.send(new CopyObjectCommand({ Bucket: this.name, Key: key, CopySource, ...options }));
  }

  /** The value that names an object as the source of a copy. */
  sourceOf(key: string): string {
    return `${this.name}/${encodeURIComponent(key)}`;
  }

  /** @throws an error named NotFound where no object is */
  head(key: string, options: Options<HeadObjectCommandInput> = {}): Promise<HeadObjectCommandOutput> {
    return this.#client.send(
      new HeadObjectCommand({ Bucket: this.name, Key: key, ChecksumMode: 'ENABLED', ...options }),
    );
  }

  async text(key: string): Promise<string | undefined> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.name, Key: key }));
    return Body?.transformToString();
  }

  async tags(key: string): Promise<Record<string, string>> {
    const { TagSet = [] } = await this.#client.send(
      new GetObjectTaggingCommand({ Bucket: this.name, Key: key }),
    );
    return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]));
  }

  /** The grants of an object, each as `permission to grantee`, and its owner. */
  async acl(key: string): Promise<{ readonly owner: string; readonly grants: readonly string[] }> {
    const { Grants = [], Owner } = await this.#client.send(
      new GetObjectAclCommand({ Bucket: this.name, Key: key }),
    );
    const grants = Grants.map(
      ({ Grantee, Permission }) => `${Permission} to ${Grantee?.URI ?? Grantee?.ID}`,
    ).sort();
    return { owner: Owner?.ID ?? '', grants };
  }

  async putAcl(key: string, acl: Options<PutObjectAclCommandInput>): Promise<void> {
    await this.#client.send(new PutObjectAclCommand({ Bucket: this.name, Key: key, ...acl }));
  }

  async retain(key: string, Retention: PutObjectRetentionCommandInput['Retention']): Promise<void> {
    await this.#client.send(new PutObjectRetentionCommand({ Bucket: this.name, Key: key, Retention }));
  }

  async hold(key: string, Status: 'ON' | 'OFF'): Promise<void> {
    await this.#client.send(
      new PutObjectLegalHoldCommand({ Bucket: this.name, Key: key, LegalHold: { Status } }),
    );
  }

  /** All keys in the order of the listing. */
  async keys(options: Options<ListObjectsV2CommandInput> = {}): Promise<string[]> {
    const keys: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectsV2Command({ Bucket: this.name, EncodingType: 'url', ...options, ContinuationToken }),
      );
      const isEncoded = page.EncodingType === 'url';
      const listed = (page.Contents ?? []).map(({ Key }) => Key as string);
      keys.push(...listed.map((key) => (isEncoded ? decodeURIComponent(key.replaceAll('+', ' ')) : key)));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    return keys;
  }

  /** The keys of the uploads that are neither completed nor aborted. */
  async openUploads(prefix = ''): Promise<string[]> {
    const { Uploads = [] } = await this.#client.send(
      new ListMultipartUploadsCommand({ Bucket: this.name, Prefix: prefix }),
    );
    return Uploads.map(({ Key }) => Key as string);
  }
}

/** Makes an empty bucket. */
export async function createBucket(actor: Actor, options: BucketOptions = {}): Promise<TestBucket> {
  const bucket = new TestBucket(actor.client, `contract-${actor.runtime.id()}`);
  await actor.client.send(new CreateBucketCommand({ Bucket: bucket.name, ...options }));
  return bucket;
}
