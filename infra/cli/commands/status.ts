import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { Deployment, type DeploymentOptions, withDeployment } from '../deployment.ts';
import { knownStatus } from '../known-status.ts';
import { averageRates } from '../rates.ts';
import { statusLines } from '../status-lines.ts';

interface StatusOptions extends DeploymentOptions {
  readonly json?: true;
}

/** `segue status` */
export function addStatus(program: Command, context: Context): void {
  const { terminal, runtime } = context;
  const command = program
    .command('status')
    .summary('show how a migration stands')
    .description(
      'Shows how a migration stands: phase, progress, applied changes and their lag, gates, approval, write pause, failure. It is read from the journal, so it also tells of migrations that have ended.',
    )
    .argument('<migration>', 'name of the migration')
    .option('--json', 'as JSON, for programs');
  withDeployment(command, 'JournalTable')
    .addHelpText(
      'after',
      "\nExamples:\n  $ segue status orders\n  $ segue status orders --json | jq '.standBy.gates[] | select(.holds | not)'",
    )
    .action(async (migration: string, options: StatusOptions) => {
      const journal = await new Deployment(context, options).journal(migration);
      const now = runtime.now();
      const status = await knownStatus(journal, now);
      const lines = options.json
        ? [JSON.stringify(status, undefined, 2)]
        : statusLines(status, { now, rates: averageRates(status, now), paint: terminal.paint });
      terminal.write(`${lines.join('\n')}\n`);
    });
}
