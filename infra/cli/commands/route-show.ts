import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { Deployment, type DeploymentOptions, withDeployment } from '../deployment.ts';
import { knownRoute } from '../known-route.ts';
import { routeLines } from '../route-lines.ts';

/** `segue route show` */
export function addRouteShow(route: Command, context: Context): void {
  const { terminal, runtime } = context;
  const command = route
    .command('show')
    .summary('show a route and its routers')
    .description(
      'Shows where the requests of the application go, the times that its routers obey, and each router that has been heard of lately: whether it is ready for the cutover, and if not, why.',
    )
    .argument('<migration>', 'name of the migration');
  withDeployment(command, 'RouteTable')
    .addHelpText('after', '\nExample:\n  $ segue route show orders')
    .action(async (migration: string, options: DeploymentOptions) => {
      const table = await new Deployment(context, options).route(migration);
      const [current, routers] = await Promise.all([knownRoute(table, migration), table.routers()]);
      const lines = routeLines(current, routers, { now: runtime.now(), paint: terminal.paint });
      terminal.write(`${lines.join('\n')}\n`);
    });
}
