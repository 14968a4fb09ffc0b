import { locationOf } from '../bucket-location.ts';
import type { DynamoDB } from '../clients.ts';
import type { BucketLocation } from '../model.ts';
import type { StreamBinding } from './journal.ts';
import { RecordTable } from './table.ts';

/** Which side of a migration's resource the objects of a bucket are. Several migrations may share a bucket. */
export interface BucketBinding extends StreamBinding {
  readonly location: BucketLocation;
}

/** Whom the events of a bucket concern. The function that they come to is told a bucket only. */
export class BucketBindings {
  readonly #table: RecordTable;

  constructor(client: DynamoDB, table: string) {
    this.#table = new RecordTable(client, table);
  }

  of(bucket: string): Promise<BucketBinding[]> {
    return Array.fromAsync(this.#table.query<BucketBinding>(partition(bucket)));
  }

  /** @param name of the side, as `s3://bucket/prefix`. */
  async bind(name: string, binding: StreamBinding): Promise<void> {
    const location = locationOf(name);
    await this.#table.put(keyOf({ ...binding, location }), { ...binding, location });
  }

  async unbind(name: string, binding: StreamBinding): Promise<void> {
    await this.#table.delete(keyOf({ ...binding, location: locationOf(name) }));
  }
}

function partition(bucket: string): string {
  return `bucket#${bucket}`;
}

function keyOf({ location, migration, resource, side }: BucketBinding) {
  return { pk: partition(location.bucket), sk: `${migration}#${resource}#${side}` };
}
