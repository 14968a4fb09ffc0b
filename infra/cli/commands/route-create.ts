import { isDeepStrictEqual } from 'node:util';
import type { Command } from 'commander';
import { bucketPairsText } from '../../../shared/object-places.ts';
import { keyText } from '../../../shared/resources/tables/table-description.ts';
import type { Route, RoutedBucket, RoutedTable } from '../../../shared/route.ts';
import { reservedAttribute } from '../../../shared/version.ts';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { Deployment, type DeploymentOptions, withDeployment } from '../deployment.ts';
import { parsePairs } from '../route-pairs.ts';
import { withKeys } from '../routed-tables.ts';

/** `segue route create` */
export function addRouteCreate(route: Command, context: Context): void {
  const command = route
    .command('create')
    .summary('create the route of a migration')
    .description(
      'Creates the route of a migration, pointing at the source. It must exist before an application uses the router, which refuses every request without it. The keys are read from the source tables. A route that is there already with the same tables and buckets, and still points at the source, is left as it is.',
    )
    .argument('<migration>', 'name of the migration, as in its spec')
    .argument(
      '<source:target...>',
      'a source table and its target, or s3://bucket/prefix:s3://bucket/prefix, for each resource of the spec',
    );
  withDeployment(command, 'RouteTable')
    .addHelpText(
      'after',
      '\nExamples:\n  $ segue route create orders orders:orders-v2 items:items-v2\n  $ segue route create shop orders:orders-v2 s3://photos/a/:s3://photos-v2/a/',
    )
    .action(async (migration: string, pairs: readonly string[], options: DeploymentOptions) => {
      const named = parsePairs(migration, pairs);
      const deployment = new Deployment(context, options);
      const route = await deployment.route(migration);
      const tables = await withKeys(deployment.clients.dynamodb, named.tables);
      const created = await route.create(tables, reservedAttribute(migration), named.buckets);
      const existing = created ? undefined : await route.read();
      if (!created && !isAtSource(existing, tables, named.buckets))
        throw new CliError(
          `${migration} has a route already, with other tables or buckets or past the source: see "segue route show ${migration}"; choose another name, or retire it if its migration is over`,
        );
      const lines = [
        ...tables.map(({ source, target, keys }) => `  ${source} → ${target}, keys ${keyText(keys)}\n`),
        ...named.buckets.map((bucket) => `  ${bucketPairsText([bucket])}\n`),
      ];
      context.terminal.write(
        `The route of ${migration} ${created ? 'is created' : 'exists already'} and points at the source:\n${lines.join('')}`,
      );
    });
}

function isAtSource(
  route: Route | undefined,
  tables: readonly RoutedTable[],
  buckets: readonly RoutedBucket[],
): boolean {
  return (
    route?.state === 'source' &&
    isDeepStrictEqual(route.tables, tables) &&
    isDeepStrictEqual(route.buckets ?? [], buckets)
  );
}
