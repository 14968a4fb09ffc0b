import {
  type EventBridgeConfiguration,
  GetBucketNotificationConfigurationCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type NotificationConfiguration,
  type _Object as ObjectListing,
  type ObjectVersion,
  PutBucketNotificationConfigurationCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { S3 } from '../../clients.ts';
import type { BucketLocation } from '../../model.ts';
import { listedKey } from '../../stores/s3/s3-key.ts';
import { type Marker, markerBehind } from '../../stores/s3/s3-version-listing.ts';
import type { OpenUpload } from '../resource-kind.ts';

/** What a look at a bucket by its name alone tells. */
export type BucketPlace =
  | { readonly kind: 'here' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'elsewhere'; readonly region: string | undefined }
  | { readonly kind: 'refused' };

/** What a look at an object tells that no listing does. */
export type ObjectLook = 'readable' | 'own key' | 'archive tier' | 'gone';

/** What goes from a bucket to others when its objects change, EventBridge excepted. */
export type Destinations = Omit<NotificationConfiguration, 'EventBridgeConfiguration'>;

export interface Notifications {
  readonly eventBridge: EventBridgeConfiguration | undefined;
  readonly destinations: Destinations;
}

/** One by one, each with its kind. */
export function destinationList(destinations: Destinations): readonly { readonly kind: string }[] {
  return Object.entries(destinations).flatMap(([kind, list = []]) =>
    list.map((destination) => ({ kind, ...destination })),
  );
}

/** The most that S3 lists at once. */
const PAGE = 1_000;

/** The buckets of an account as the migrator looks at them, and their notifications, which it changes. */
export class BucketAccount {
  readonly #client: S3;

  constructor(client: S3) {
    this.#client = client;
  }

  /** Where a bucket is, seen from a Region and an account. The answer to HEAD tells no more than its status. */
  async place(bucket: string, region: string, account: string): Promise<BucketPlace> {
    try {
      const { BucketRegion = region } = await this.#client.send(
        new HeadBucketCommand({ Bucket: bucket, ExpectedBucketOwner: account }),
      );
      return BucketRegion === region ? { kind: 'here' } : { kind: 'elsewhere', region: BucketRegion };
    } catch (error) {
      if (!(error instanceof S3ServiceException)) throw error;
      const status = error.$metadata.httpStatusCode;
      if (status === 404) return { kind: 'missing' };
      if (status === 403) return { kind: 'refused' };
      if (status === 301 || status === 400)
        return { kind: 'elsewhere', region: error.$response?.headers['x-amz-bucket-region'] };
      throw error;
    }
  }

  /** Whether an object can be copied. By 400 S3 asks for the key of an object that only its owner has. */
  async object(bucket: string, key: string): Promise<ObjectLook> {
    try {
      const { ArchiveStatus } = await this.#client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return ArchiveStatus === undefined ? 'readable' : 'archive tier';
    } catch (error) {
      if (!(error instanceof S3ServiceException)) throw error;
      const status = error.$metadata.httpStatusCode;
      if (status === 404) return 'gone';
      if (status === 400) return 'own key';
      throw status === 403 ? Object.assign(error, { name: 'AccessDenied' }) : error;
    }
  }

  async notifications(bucket: string): Promise<Notifications> {
    const {
      $metadata: _,
      EventBridgeConfiguration: eventBridge,
      ...destinations
    } = await this.#client.send(new GetBucketNotificationConfigurationCommand({ Bucket: bucket }));
    return { eventBridge, destinations };
  }

  /** Puts the whole configuration. Its destinations stand already: to validate them would send each a test event. */
  async putNotifications(bucket: string, { eventBridge, destinations }: Notifications): Promise<void> {
    await this.#client.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: bucket,
        NotificationConfiguration: {
          ...destinations,
          ...(eventBridge ? { EventBridgeConfiguration: eventBridge } : {}),
        },
        SkipDestinationValidation: true,
      }),
    );
  }

  /** The first uploads below a prefix that are neither completed nor aborted, at most 1,000. */
  async openUploads({ bucket, prefix }: BucketLocation): Promise<OpenUpload[]> {
    const { Uploads = [], EncodingType } = await this.#client.send(
      new ListMultipartUploadsCommand({
        Bucket: bucket,
        ...(prefix ? { Prefix: prefix } : {}),
        EncodingType: 'url',
        MaxUploads: PAGE,
      }),
    );
    return Uploads.map(({ UploadId = '', Key = '', Initiated }) => ({
      id: UploadId,
      key: listedKey(Key, EncodingType).slice(prefix.length),
      begunAt: Initiated?.getTime() ?? 0,
    }));
  }

  /** Whether there is any version of an object below a prefix, or a delete marker. */
  async hasVersions({ bucket, prefix }: BucketLocation): Promise<boolean> {
    const { Versions = [], DeleteMarkers = [] } = await this.#client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, ...(prefix ? { Prefix: prefix } : {}), MaxKeys: 1 }),
    );
    return Versions.length + DeleteMarkers.length > 0;
  }

  /** The first versions of objects below a prefix, page by page. Delete markers are left out. */
  async *versions({ bucket, prefix }: BucketLocation): AsyncGenerator<ObjectVersion[]> {
    for (let marker: Marker | undefined = {}; marker; ) {
      const answer: ListObjectVersionsCommandOutput = await this.#client.send(
        new ListObjectVersionsCommand({
          Bucket: bucket,
          ...(prefix ? { Prefix: prefix } : {}),
          ...marker,
          MaxKeys: PAGE,
          EncodingType: 'url',
          OptionalObjectAttributes: ['RestoreStatus'],
        }),
      );
      const { Versions = [], EncodingType } = answer;
      yield Versions.map((version) => ({ ...version, Key: listedKey(version.Key ?? '', EncodingType) }));
      marker = markerBehind(answer);
    }
  }

  /** The first objects below a prefix, page by page. */
  async *objects({ bucket, prefix }: BucketLocation, pageObjects = PAGE): AsyncGenerator<ObjectListing[]> {
    let token: string | undefined;
    do {
      const {
        Contents = [],
        EncodingType,
        NextContinuationToken,
      } = await this.#client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          ...(prefix ? { Prefix: prefix } : {}),
          ...(token === undefined ? {} : { ContinuationToken: token }),
          MaxKeys: pageObjects,
          EncodingType: 'url',
          OptionalObjectAttributes: ['RestoreStatus'],
        }),
      );
      yield Contents.map((object) => ({ ...object, Key: listedKey(object.Key ?? '', EncodingType) }));
      token = NextContinuationToken;
    } while (token !== undefined);
  }
}
