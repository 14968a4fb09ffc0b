import {
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  type LifecycleRule,
  type ObjectLockConfiguration,
  type ObjectOwnership,
  type PublicAccessBlockConfiguration,
  type ReplicationRule,
  type ServerSideEncryptionRule,
  type Tag,
  type WebsiteConfiguration,
} from '@aws-sdk/client-s3';
import type { S3 } from '../../clients.ts';
import { isNamed } from '../../errors.ts';

/** By these S3 says that something is not set at a bucket. */
const NOT_SET = [
  'NoSuchBucketPolicy',
  'NoSuchCORSConfiguration',
  'NoSuchLifecycleConfiguration',
  'NoSuchPublicAccessBlockConfiguration',
  'NoSuchTagSet',
  'NoSuchWebsiteConfiguration',
  'ObjectLockConfigurationNotFoundError',
  'OwnershipControlsNotFoundError',
  'ReplicationConfigurationNotFoundError',
  'ServerSideEncryptionConfigurationNotFoundError',
];

/** What is set at buckets, each with a request of its own. What is not set is undefined, or empty. */
export class BucketSettingsLook {
  readonly #client: S3;

  constructor(client: S3) {
    this.#client = client;
  }

  /** 'Enabled', 'Suspended', or undefined where it never was on. */
  async versioning(bucket: string): Promise<string | undefined> {
    return (await this.#client.send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status;
  }

  async encryption(bucket: string): Promise<ServerSideEncryptionRule[]> {
    const answer = await unlessNotSet(this.#client.send(new GetBucketEncryptionCommand({ Bucket: bucket })));
    return answer?.ServerSideEncryptionConfiguration?.Rules ?? [];
  }

  async lifecycle(bucket: string): Promise<LifecycleRule[]> {
    const answer = await unlessNotSet(
      this.#client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket })),
    );
    return answer?.Rules ?? [];
  }

  async policy(bucket: string): Promise<string | undefined> {
    const answer = await unlessNotSet(this.#client.send(new GetBucketPolicyCommand({ Bucket: bucket })));
    return answer?.Policy;
  }

  async replication(bucket: string): Promise<ReplicationRule[]> {
    const answer = await unlessNotSet(this.#client.send(new GetBucketReplicationCommand({ Bucket: bucket })));
    return answer?.ReplicationConfiguration?.Rules ?? [];
  }

  async objectLock(bucket: string): Promise<ObjectLockConfiguration | undefined> {
    const answer = await unlessNotSet(
      this.#client.send(new GetObjectLockConfigurationCommand({ Bucket: bucket })),
    );
    return answer?.ObjectLockConfiguration;
  }

  /** Who owns new objects; a bucket from before 2023 may have no such setting. */
  async ownership(bucket: string): Promise<ObjectOwnership> {
    const answer = await unlessNotSet(
      this.#client.send(new GetBucketOwnershipControlsCommand({ Bucket: bucket })),
    );
    return answer?.OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? 'ObjectWriter';
  }

  /** What the bucket itself keeps from being public; its account may do so, too. */
  async publicAccessBlock(bucket: string): Promise<PublicAccessBlockConfiguration | undefined> {
    const answer = await unlessNotSet(this.#client.send(new GetPublicAccessBlockCommand({ Bucket: bucket })));
    return answer?.PublicAccessBlockConfiguration;
  }

  async website(bucket: string): Promise<WebsiteConfiguration | undefined> {
    const answer = await unlessNotSet(this.#client.send(new GetBucketWebsiteCommand({ Bucket: bucket })));
    if (!answer) return undefined;
    const { $metadata: _, ...website } = answer;
    return website;
  }

  async cors(bucket: string): Promise<readonly object[]> {
    const answer = await unlessNotSet(this.#client.send(new GetBucketCorsCommand({ Bucket: bucket })));
    return answer?.CORSRules ?? [];
  }

  async tags(bucket: string): Promise<Tag[]> {
    const answer = await unlessNotSet(this.#client.send(new GetBucketTaggingCommand({ Bucket: bucket })));
    // AWS's own can't be set.
    return (answer?.TagSet ?? []).filter(({ Key }) => !Key?.startsWith('aws:'));
  }

  async requesterPays(bucket: string): Promise<boolean> {
    const { Payer } = await this.#client.send(new GetBucketRequestPaymentCommand({ Bucket: bucket }));
    return Payer === 'Requester';
  }
}

async function unlessNotSet<T>(sent: Promise<T>): Promise<T | undefined> {
  try {
    return await sent;
  } catch (error) {
    if (isNamed(error, ...NOT_SET)) return undefined;
    throw error;
  }
}
