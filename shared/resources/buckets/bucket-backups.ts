import { NO_BACKUP, type ResourceBackups } from '../resource-kind.ts';

/** S3 has no backup of a moment: versioning keeps what is overwritten or deleted, from when it was enabled on. */
export class BucketBackups implements ResourceBackups {
  async begin(): Promise<undefined> {
    return undefined;
  }

  async status(): Promise<string> {
    return NO_BACKUP;
  }
}
