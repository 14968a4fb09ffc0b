import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { Deployment, type DeploymentOptions, withDeployment } from '../deployment.ts';
import { watchMigration } from '../watch-migration.ts';

/** `segue watch` */
export function addWatch(program: Command, context: Context): void {
  const command = program
    .command('watch')
    .summary('watch a migration until it ends')
    .description(
      'Shows how a migration stands, live, until its execution ends; exits with 0 if it succeeded, else with 1. Where output is not a terminal, a line is printed whenever there is news. Ctrl-C ends the watch, never the migration.',
    )
    .argument('<migration>', 'name of the migration');
  withDeployment(command, 'JournalTable')
    .addHelpText('after', '\nExamples:\n  $ segue watch orders\n  $ segue watch orders >> orders.log')
    .action(async (migration: string, options: DeploymentOptions) =>
      watchMigration({ context, deployment: new Deployment(context, options), migration }),
    );
}
