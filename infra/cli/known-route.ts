import type { Route, RouteTable } from '../../shared/route.ts';
import { CliError } from './cli-error.ts';

/**
 * A route that must exist.
 * @throws CliError when it does not.
 */
export async function knownRoute(table: RouteTable, migration: string): Promise<Route> {
  const route = await table.read();
  if (route) return route;
  throw new CliError(
    `${migration} has no route: check the name, --stack and --region, or create it with "segue route create"`,
  );
}
