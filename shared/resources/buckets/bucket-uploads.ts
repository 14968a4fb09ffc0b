import { locationOf } from '../../bucket-location.ts';
import type { S3 } from '../../clients.ts';
import type { NotedUpload } from '../../model.ts';
import { endUpload } from '../../stores/s3/s3-left-uploads.ts';
import type { OpenUpload, ResourceUploads } from '../resource-kind.ts';
import type { BucketAccount } from './bucket-account.ts';
import { listUploads } from './user-commands.ts';

/** Multipart uploads below the prefixes of buckets. */
export class BucketUploads implements ResourceUploads {
  readonly #account: BucketAccount;
  readonly #client: S3;

  constructor(account: BucketAccount, client: S3) {
    this.#account = account;
    this.#client = client;
  }

  open(name: string): Promise<readonly OpenUpload[]> {
    return this.#account.openUploads(locationOf(name));
  }

  end(name: string, upload: NotedUpload, alone: boolean): Promise<void> {
    return endUpload({ client: this.#client, to: locationOf(name) }, upload, alone);
  }

  list(name: string): string {
    return listUploads(locationOf(name));
  }
}
