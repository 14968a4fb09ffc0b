import { NO_POLICY, type ResourcePolicies } from '../resource-kind.ts';
import type { BucketSettingsLook } from './bucket-settings-look.ts';

/** Bucket policies, to be looked at: S3 knows no revision of them, without which they can't be changed safely. */
export class BucketPolicies implements Pick<ResourcePolicies, 'read'> {
  readonly #look: BucketSettingsLook;

  constructor(look: BucketSettingsLook) {
    this.#look = look;
  }

  /** @param arn of the bucket, which its name ends. */
  async read(arn: string) {
    return { document: await this.#look.policy(arn.split(':').at(-1) ?? ''), revision: NO_POLICY };
  }
}
