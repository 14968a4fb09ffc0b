import {
  type NotificationConfiguration,
  type PutBucketNotificationConfigurationCommandInput,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { S3 } from '../../../../shared/clients.ts';
import { BucketAccount } from '../../../../shared/resources/buckets/bucket-account.ts';
import { BucketSettingsLook } from '../../../../shared/resources/buckets/bucket-settings-look.ts';

/** An object or an upload as S3 lists it. */
interface Listed {
  readonly Key: string;
  /** The status of the answer to HEAD, where it is none of success. */
  readonly headStatus?: number;
  readonly [field: string]: unknown;
}

/** What is set at a bucket, by the answers of S3's operations. What is left out is not set. */
export interface FakeBucket {
  readonly objects?: readonly Listed[];
  readonly uploads?: readonly Listed[];
  /** Versions of objects and delete markers. */
  readonly versions?: readonly Listed[];
  /** The status of the answer to HEAD, where it is none of success. */
  readonly headStatus?: number;
  readonly region?: string;
  readonly GetBucketVersioning?: object;
  readonly GetBucketEncryption?: object;
  readonly GetBucketLifecycleConfiguration?: object;
  readonly GetBucketPolicy?: object;
  readonly GetBucketReplication?: object;
  readonly GetObjectLockConfiguration?: object;
  readonly GetBucketWebsite?: object;
  readonly GetBucketCors?: object;
  readonly GetBucketTagging?: object;
  readonly GetBucketRequestPayment?: object;
  readonly GetBucketOwnershipControls?: object;
  readonly GetPublicAccessBlock?: object;
}

/** How S3 says that there is no such setting (Amazon S3 API Reference, "Error responses"). */
const NOT_SET: Readonly<Record<string, string>> = {
  GetBucketEncryption: 'ServerSideEncryptionConfigurationNotFoundError',
  GetBucketLifecycleConfiguration: 'NoSuchLifecycleConfiguration',
  GetBucketPolicy: 'NoSuchBucketPolicy',
  GetBucketReplication: 'ReplicationConfigurationNotFoundError',
  GetObjectLockConfiguration: 'ObjectLockConfigurationNotFoundError',
  GetBucketWebsite: 'NoSuchWebsiteConfiguration',
  GetBucketCors: 'NoSuchCORSConfiguration',
  GetBucketTagging: 'NoSuchTagSet',
  GetPublicAccessBlock: 'NoSuchPublicAccessBlockConfiguration',
};
/** As of each bucket that was made since April 2023 (User Guide, "Controlling ownership of objects"). */
const OWNERSHIP = { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } };
const PAGE = 1_000;

interface Sent {
  readonly input: Readonly<Record<string, unknown>>;
  readonly constructor: { readonly name: string };
}

/** Buckets in memory: their settings, notifications and listings. What it does not know goes to another client. */
export class FakeBuckets {
  readonly buckets = new Map<string, FakeBucket>();
  readonly notifications = new Map<string, NotificationConfiguration>();
  /** Every notification configuration that was put. */
  readonly put: PutBucketNotificationConfigurationCommandInput[] = [];
  /** Somebody else is changing the policies of the buckets. */
  aborted = false;
  /** Operations that are refused. */
  readonly refused = new Set<string>();
  readonly #other: S3 | undefined;

  constructor(buckets: Readonly<Record<string, FakeBucket>>, other?: S3) {
    for (const [name, bucket] of Object.entries(buckets)) this.buckets.set(name, bucket);
    this.#other = other;
  }

  readonly client = { send: (command: Sent) => this.#send(command) } as unknown as S3;
  readonly account = new BucketAccount(this.client);
  readonly look = new BucketSettingsLook(this.client);

  /** Sets something else at a bucket. */
  change(
    name: string,
    changes: { readonly [field in keyof FakeBucket]: FakeBucket[field] | undefined },
  ): void {
    this.buckets.set(name, { ...this.buckets.get(name), ...changes } as FakeBucket);
  }

  async #send(command: Sent): Promise<unknown> {
    const operation = command.constructor.name.replace(/Command$/, '');
    const { input } = command;
    const name = String(input.Bucket);
    if (this.refused.has(operation)) throw failure('AccessDenied', 403);
    const bucket = this.buckets.get(name);
    if (!bucket) throw operation === 'HeadBucket' ? failure('NotFound', 404) : failure('NoSuchBucket', 404);
    switch (operation) {
      case 'HeadBucket':
        if (bucket.headStatus !== undefined)
          throw failure('Unknown', bucket.headStatus, { 'x-amz-bucket-region': bucket.region ?? '' });
        return { BucketRegion: bucket.region ?? 'us-east-1' };
      case 'GetBucketNotificationConfiguration':
        return { $metadata: { requestId: 'r' }, ...this.notifications.get(name) };
      case 'PutBucketNotificationConfiguration': {
        const put = input as unknown as PutBucketNotificationConfigurationCommandInput;
        this.put.push(put);
        this.notifications.set(name, put.NotificationConfiguration ?? {});
        return {};
      }
      case 'PutBucketPolicy':
        if (this.aborted) throw failure('OperationAborted', 409);
        this.change(name, { GetBucketPolicy: { Policy: asS3Keeps(String(input.Policy)) } });
        return {};
      case 'DeleteBucketPolicy':
        this.change(name, { GetBucketPolicy: undefined });
        return {};
      case 'ListObjectsV2':
        if (bucket.objects) return listed(bucket.objects, input);
        break;
      case 'HeadObject': {
        const { headStatus, ...object } = bucket.objects?.find(({ Key }) => Key === input.Key) ?? {
          headStatus: 404,
        };
        if (headStatus !== undefined) throw failure('Unknown', headStatus);
        return object;
      }
      case 'GetBucketOwnershipControls':
        return bucket.GetBucketOwnershipControls ?? OWNERSHIP;
      case 'ListObjectVersions':
        if (bucket.versions) {
          const from = Number(input.VersionIdMarker ?? 0);
          const below = bucket.versions.filter(({ Key }) => Key.startsWith(String(input.Prefix ?? '')));
          return {
            Versions: below.slice(from, from + PAGE),
            IsTruncated: from + PAGE < below.length,
            NextKeyMarker: below[from + PAGE - 1]?.Key,
            NextVersionIdMarker: String(from + PAGE),
          };
        }
        break;
      case 'ListMultipartUploads':
        if (bucket.uploads)
          return { Uploads: bucket.uploads.filter(({ Key }) => Key.startsWith(String(input.Prefix ?? ''))) };
        break;
    }
    return this.#setting(operation, bucket, command);
  }

  #setting(operation: string, bucket: FakeBucket, command: Sent): unknown {
    const set = (bucket as Readonly<Record<string, object | undefined>>)[operation];
    if (set) return { $metadata: { requestId: 'r' }, ...set };
    const error = NOT_SET[operation];
    if (error) throw failure(error, 404);
    if (operation.startsWith('GetBucket')) return { $metadata: {} };
    if (!this.#other) throw new Error(`nobody answers ${operation}`);
    return (this.#other.send as unknown as (sent: Sent) => unknown)(command);
  }
}

/** A policy as S3 hands it on: values sorted, one alone without its list, each statement with an id. */
function asS3Keeps(document: string): string {
  const sorted = (value: unknown): unknown =>
    Array.isArray(value) ? (value.length === 1 ? value[0] : value.toSorted()) : value;
  const { Statement, ...rest } = JSON.parse(document) as { readonly Statement: object | readonly object[] };
  return JSON.stringify({
    ...rest,
    Statement: [Statement].flat().map((one) => ({
      Sid: '',
      ...Object.fromEntries(Object.entries(one).map(([field, value]) => [field, sorted(value)])),
    })),
  });
}

function listed(objects: readonly Listed[], input: Readonly<Record<string, unknown>>): object {
  const { Prefix = '', StartAfter, ContinuationToken = StartAfter ?? '', MaxKeys = PAGE } = input;
  const rest = objects.filter(({ Key }) => Key.startsWith(String(Prefix)) && Key > String(ContinuationToken));
  const page = rest.slice(0, Number(MaxKeys));
  const isTruncated = page.length < rest.length;
  return {
    EncodingType: 'url',
    Contents: page.map((one) => ({ Size: 1, ETag: '"e"', ...one, Key: encodeURIComponent(one.Key) })),
    IsTruncated: isTruncated,
    ...(isTruncated ? { NextContinuationToken: page.at(-1)?.Key } : {}),
  };
}

function failure(name: string, status: number, headers: Record<string, string> = {}): S3ServiceException {
  const error = new S3ServiceException({
    name,
    $fault: 'client',
    message: name,
    $metadata: { httpStatusCode: status },
  });
  return Object.assign(error, { $response: { statusCode: status, headers } as never });
}
