import type { DynamoDB } from '../clients.ts';
import type { Side } from '../direction.ts';
import type { BucketLocation } from '../model.ts';
import { RecordTable } from './table.ts';

/** Which side of a migration's resource the objects of a bucket are. Several migrations may share a bucket. */
export interface BucketBinding {
  readonly migration: string;
  readonly resource: number;
  readonly side: Side;
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

  async bind(binding: BucketBinding): Promise<void> {
    await this.#table.put(keyOf(binding), { ...binding });
  }

  async unbind(binding: BucketBinding): Promise<void> {
    await this.#table.delete(keyOf(binding));
  }
}

function partition(bucket: string): string {
  return `bucket#${bucket}`;
}

function keyOf({ location, migration, resource, side }: BucketBinding) {
  return { pk: partition(location.bucket), sk: `${migration}#${resource}#${side}` };
}
