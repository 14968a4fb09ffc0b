import type { Command } from 'commander';
import { countOf } from '../../../shared/report/format.ts';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { Deployment, type DeploymentOptions, withDeployment } from '../deployment.ts';
import { knownRoute } from '../known-route.ts';

interface RetireOptions extends DeploymentOptions {
  readonly yes?: true;
}

/** `segue route retire` */
export function addRouteRetire(route: Command, context: Context): void {
  const { terminal } = context;
  const command = route
    .command('retire')
    .summary('remove the route of a migration that is over')
    .description(
      'Removes the route of a migration that is complete or aborted, or one whose migration has not begun (to create it anew). A router without a route refuses every request: first take the router out of the application, so that it names the target tables itself.',
    )
    .argument('<migration>', 'name of the migration')
    .option('--yes', 'do not ask');
  withDeployment(command, 'RouteTable', 'JournalTable')
    .addHelpText('after', '\nExample:\n  $ segue route retire orders')
    .action(async (migration: string, options: RetireOptions) => {
      const deployment = new Deployment(context, options);
      const table = await deployment.route(migration);
      const route = await knownRoute(table, migration);
      const { state, final } = route;
      if (state === 'announced' || state === 'fenced')
        throw new CliError(`the route of ${migration} is "${state}": a cutover is under way`);
      if (!final && (await (await deployment.journal(migration)).identity()))
        throw new CliError(
          `the migration ${migration} is not over: its route, at the ${state} now, can be retired when it is complete`,
        );
      const live = (await table.routers()).length;
      terminal.writeError(
        `Without its route, every router of ${migration} refuses every request. ${
          live === 0
            ? 'No live router has been heard of lately.'
            : `${countOf(live, 'router')} ${live === 1 ? 'is' : 'are'} live and would fail: take the router out of the application first.`
        }\n`,
      );
      const confirmed = options.yes ?? (await terminal.confirm(`Retire the route of ${migration}?`));
      if (confirmed === undefined)
        throw new CliError('nobody is there to be asked: pass --yes to retire the route without asking');
      if (!confirmed) throw new CliError('the route was left as it is');
      if (!(await table.retire(route)))
        throw new CliError('the route was changed at the same moment: look at it again and repeat');
      terminal.write(`The route of ${migration} is retired.\n`);
    });
}
