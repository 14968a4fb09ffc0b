import type { Finding } from '../../finding.ts';
import type { Expiry, ResourceFitness } from '../resource-kind.ts';

/**
 * Buckets grow with their traffic. A lifecycle rule of a target shuts nothing: by it an object expires days after it was
 * copied, and what it removes before the switch is missed by no comparison.
 */
export class BucketFitness implements ResourceFitness {
  async capacity(_: string, target: string): Promise<Finding> {
    return {
      holds: true,
      detail: `${target}: S3 grows with the requests; it may ask to slow down meanwhile (503)`,
    };
  }

  async expiry(): Promise<Expiry> {
    return { on: false, attribute: '' };
  }

  endExpiry(): string {
    return '';
  }
}
