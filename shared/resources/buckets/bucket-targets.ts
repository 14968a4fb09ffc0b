import type { ResourceTargets } from '../resource-kind.ts';

/** A bucket is there, which the validation has seen: none is created. */
export class BucketTargets implements ResourceTargets {
  async prepare(): Promise<boolean> {
    return true;
  }
}
