import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { Deployment, type DeploymentOptions, withDeployment } from '../deployment.ts';
import { consoleLink, startExecution } from '../execution.ts';
import { readSpecFile } from '../spec-file.ts';
import { watchMigration } from '../watch-migration.ts';

interface StartOptions extends DeploymentOptions {
  readonly dryRun?: true;
  readonly watch?: true;
}

/** `segue start` */
export function addStart(program: Command, context: Context): void {
  const { terminal, runtime } = context;
  const command = program
    .command('start')
    .summary('start a migration, or resume one')
    .description(
      'Starts an execution of the state machine with a spec, and prints its ARN and where the console shows it. A migration that was stopped or has failed is resumed by starting it again with the same spec.',
    )
    .argument('<spec.json>', 'the spec (its JSON Schema: segue schema)')
    .option('--dry-run', 'validate and plan only, whatever the spec says; nothing is touched')
    .option('--watch', 'go on with "segue watch" until the execution ends');
  withDeployment(command, 'StateMachineArn', 'JournalTable')
    .addHelpText(
      'after',
      '\nExamples:\n  $ segue start orders.json --dry-run --watch\n  $ segue start orders.json --watch',
    )
    .action(async (path: string, options: StartOptions) => {
      const { written, spec } = readSpecFile(path);
      const deployment = new Deployment(context, options);
      const execution = await startExecution(deployment.clients.stepFunctions, {
        stateMachineArn: await deployment.stateMachineArn(),
        spec,
        input: options.dryRun ? { ...written, dryRun: true } : written,
        now: runtime.now(),
      });
      terminal.write(`Started ${execution}\nConsole ${consoleLink(execution)}\n`);
      if (options.watch) await watchMigration({ context, deployment, migration: spec.name, execution });
      else terminal.write(`Watch it with: segue watch ${spec.name}\n`);
    });
}
