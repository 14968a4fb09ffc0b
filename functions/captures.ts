import type { DynamoDB } from '../shared/clients.ts';
import type { CaptureProps } from '../shared/engine/prepare.ts';
import { environment, optionalEnvironment } from '../shared/environment.ts';
import { BucketBindings } from '../shared/journal/bucket-bindings.ts';
import { StreamBindings } from '../shared/journal/journal.ts';
import type { BucketAccount } from '../shared/resources/buckets/bucket-account.ts';
import { BucketCaptures } from '../shared/resources/buckets/bucket-captures.ts';
import type { TableAccount } from '../shared/resources/tables/table-account.ts';
import { TableCaptures } from '../shared/resources/tables/table-captures.ts';

/** How the changes of each kind of resource come to the functions of this stack. */
export function openCaptures(dynamodb: DynamoDB, tables: TableAccount, buckets: BucketAccount): CaptureProps {
  const journal = environment('JOURNAL_TABLE');
  const bound = new BucketBindings(dynamodb, journal);
  return {
    bindings: { table: new StreamBindings(dynamodb, journal), bucket: bound },
    captures: {
      table: new TableCaptures(tables, environment('APPLY_FUNCTION_ARN')),
      bucket: new BucketCaptures({
        account: buckets,
        mappings: tables,
        bound,
        mapping: optionalEnvironment('HINT_MAPPING'),
      }),
    },
  };
}
