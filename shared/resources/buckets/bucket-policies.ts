import { DeleteBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { locationOf } from '../../bucket-location.ts';
import type { S3 } from '../../clients.ts';
import { isNamed } from '../../errors.ts';
import { type DenyStatement, denyStatement, policyDigest, samePolicy } from '../../policy-document.ts';
import {
  NO_POLICY,
  type Place,
  type PolicyChange,
  type ResourcePolicies,
  type SeenPolicy,
} from '../resource-kind.ts';
import { BucketSettingsLook } from './bucket-settings-look.ts';

/** Longest policy (Amazon S3 User Guide, "Bucket policies for Amazon S3"). */
const MOST_POLICY_BYTES = 20_480;

/**
 * Everything that changes what an object is or what it carries, by whomever: uploads in parts are PutObject from their
 * beginning to their end, and what S3 replicates has actions of its own (Service Authorization Reference, "Amazon S3").
 * Not AbortMultipartUpload, which changes no object, and with which an application ends what it can't complete any more;
 * nor RestoreObject, by which an archived object is only made readable. A lifecycle rule is stopped by no policy.
 */
const WRITES = [
  'DeleteObject',
  'DeleteObjectTagging',
  'DeleteObjectVersion',
  'DeleteObjectVersionTagging',
  'PutObject',
  'PutObjectAcl',
  'PutObjectLegalHold',
  'PutObjectRetention',
  'PutObjectTagging',
  'PutObjectVersionAcl',
  'PutObjectVersionTagging',
  'ReplicateDelete',
  'ReplicateObject',
  'ReplicateTags',
].map((action) => `s3:${action}`);

/**
 * The policies of buckets: one for all that lies in a bucket, without a revision. The digest of what one says stands
 * for it, and right before a change the policy is read once more. That somebody else changes it between that read and
 * the change, S3 can't refuse.
 */
export class BucketPolicies implements ResourcePolicies {
  readonly conditional = false;
  readonly mostBytes = MOST_POLICY_BYTES;
  readonly refusals = ['AccessDenied', 'MalformedPolicy', 'MethodNotAllowed'];
  readonly #client: S3;
  readonly #look: BucketSettingsLook;

  constructor(client: S3) {
    this.#client = client;
    this.#look = new BucketSettingsLook(client);
  }

  /** @param name of a side, as `s3://bucket/prefix`. */
  arnOf(name: string, { partition }: Pick<Place, 'partition'>): string {
    return `arn:${partition}:s3:::${locationOf(name).bucket}`;
  }

  scopeOf(name: string, place: Pick<Place, 'partition'>): string {
    return `${this.arnOf(name, place)}/${locationOf(name).prefix}*`;
  }

  async read(arn: string): Promise<SeenPolicy> {
    try {
      const document = await this.#look.policy(bucketOf(arn));
      return { document, revision: revisionOf(document) };
    } catch (error) {
      // A bucket that is gone has none either.
      if (isNamed(error, 'NoSuchBucket')) return { document: undefined, revision: NO_POLICY };
      throw error;
    }
  }

  async write(arn: string, document: string | undefined, expected: string): Promise<PolicyChange> {
    const before = await this.read(arn);
    if (before.revision !== expected) return { kind: 'changed' };
    const input = { Bucket: bucketOf(arn) };
    try {
      await (document === undefined
        ? this.#client.send(new DeleteBucketPolicyCommand(input))
        : this.#client.send(new PutBucketPolicyCommand({ ...input, Policy: document })));
    } catch (error) {
      if (isNamed(error, 'OperationAborted')) return { kind: 'busy' };
      throw error;
    }
    const after = await this.read(arn);
    // What stood there before may show for a while. Anything else is somebody's who was faster, or later.
    const isKnown = [document, before.document].some((one) => samePolicy(after.document, one));
    return isKnown ? { kind: 'done', revision: revisionOf(document) } : { kind: 'changed' };
  }

  denyOfWrites(sid: string, scopes: readonly string[], exempt: readonly string[]): DenyStatement {
    return denyStatement({ sid, actions: WRITES, resources: scopes, exempt });
  }
}

function revisionOf(document: string | undefined): string {
  return document === undefined ? NO_POLICY : policyDigest(document);
}

/** The name of a bucket ends its ARN. */
function bucketOf(arn: string): string {
  return arn.split(':').at(-1) ?? '';
}
