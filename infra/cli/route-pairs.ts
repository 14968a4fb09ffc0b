import { InvalidInputError, type Problem } from '../../shared/errors.ts';
import type { RoutedBucket } from '../../shared/route.ts';
import { MIGRATION_NAME, parseSpec } from '../../shared/spec.ts';
import { bucketPair, bucketProblems } from './routed-buckets.ts';
import type { TablePair } from './routed-tables.ts';

export interface RoutePairs {
  readonly tables: readonly TablePair[];
  readonly buckets: readonly RoutedBucket[];
}

/**
 * Parses the pairs of a route: `source:target` for tables, `s3://bucket/prefix:s3://bucket/prefix` for buckets.
 * @throws InvalidInputError with everything that is no pair, and with the names that would not be allowed in a spec.
 */
export function parsePairs(migration: string, pairs: readonly string[]): RoutePairs {
  const tables: TablePair[] = [];
  const buckets: RoutedBucket[] = [];
  const problems: Problem[] = [];
  for (const text of pairs) {
    const [bucket, table] = text.includes('s3://') ? [bucketPair(text)] : [undefined, tablePair(text)];
    if (bucket) buckets.push(bucket);
    else if (table) tables.push(table);
    else
      problems.push({
        at: text,
        problem: 'this is no pair of tables or of buckets',
        allowed: '<source>:<target>, or s3://<bucket>/<prefix>:s3://<bucket>/<prefix>',
        change: 'write the source and its target, with a colon between them',
      });
  }
  problems.push(...nameProblems(migration, tables), ...bucketProblems(buckets));
  if (problems.length > 0) throw new InvalidInputError('the route', problems);
  return { tables, buckets };
}

function tablePair(text: string): TablePair | undefined {
  const [source, target, ...rest] = text.split(':');
  return source && target && rest.length === 0 ? { source, target } : undefined;
}

/** By the rules of a spec, which names at least one table. */
function nameProblems(migration: string, tables: readonly TablePair[]): readonly Problem[] {
  if (tables.length === 0) return migrationProblems(migration);
  try {
    parseSpec({
      name: migration,
      resources: tables.map(({ source, target }) => ({
        source: { table: source },
        target: { table: target },
      })),
    });
    return [];
  } catch (error) {
    if (error instanceof InvalidInputError) return error.problems;
    throw error;
  }
}

function migrationProblems(migration: string): Problem[] {
  return MIGRATION_NAME.test(migration)
    ? []
    : [
        {
          at: 'name',
          problem: 'malformed',
          value: migration,
          allowed: String(MIGRATION_NAME),
          change: 'choose another name for the migration',
        },
      ];
}
