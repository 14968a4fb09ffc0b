import type { Command } from 'commander';
import { isApprovedByItself } from '../../../shared/engine/gates.ts';
import { isoTime, utcText } from '../../../shared/report/format.ts';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { Deployment, type DeploymentOptions, withDeployment } from '../deployment.ts';
import { knownStatus } from '../known-status.ts';

interface ApproveOptions extends DeploymentOptions {
  readonly by?: string;
  readonly rehearse?: true;
}

/** `segue approve` */
export function addApprove(program: Command, context: Context): void {
  const { terminal, runtime, user } = context;
  const command = program
    .command('approve')
    .summary('approve the cutover of a migration that is ready')
    .description(
      'Approves the cutover of a migration in the phase Ready. It begins as soon as every other gate is open; those that are still shut are named. The first approval stands; a cutover that was given up too often asks for a new one.',
    )
    .argument('<migration>', 'name of the migration')
    .option('--rehearse', 'everything up to the switch, then given up, with the write pause measured')
    .option('--by <name>', 'who approves, for the report (default: your user name)');
  withDeployment(command, 'JournalTable')
    .addHelpText(
      'after',
      '\nExamples:\n  $ segue approve orders --rehearse\n  $ segue approve orders --by "Ada, change 4711"',
    )
    .action(async (migration: string, options: ApproveOptions) => {
      const journal = await new Deployment(context, options).journal(migration);
      const { phase, title, spec, standBy } = await knownStatus(journal, runtime.now());
      if (isApprovedByItself({ journal, spec }))
        throw new CliError(
          `${migration} needs no approval: its spec says cutover.approval "automatic", so it cuts over by itself`,
        );
      if (phase !== 'ready')
        throw new CliError(
          `${migration} is in the phase ${title}; it can be approved in Ready: watch it with "segue watch ${migration}"`,
        );
      const by = options.by ?? user();
      const at = runtime.now();
      await journal.coordinator.approve({ by, at, ...(options.rehearse ? { rehearsal: true } : {}) });
      const standing = await journal.coordinator.approval();
      // An earlier approval stands, and what begins is what it says: not what was asked for now.
      const rehearsal = standing ? standing.rehearsal === true : options.rehearse === true;
      const what = rehearsal ? 'rehearsal' : 'cutover';
      const approved = rehearsal ? `A rehearsal of ${migration}` : migration;
      terminal.write(
        standing && (standing.by !== by || standing.at !== at)
          ? `${approved} was approved before, by ${standing.by} at ${utcText(isoTime(standing.at))} UTC; that approval stands.\n`
          : `${approved} is approved by ${by}.\n`,
      );
      const shut = standBy?.gates.filter(({ holds, name }) => !holds && name !== 'approval') ?? [];
      terminal.write(
        shut.length === 0
          ? `Every other gate was open at the last look: the ${what} begins within seconds.\n`
          : `The ${what} begins when these gates are open, too:\n${shut.map(({ name, detail }) => `  ${name}: ${detail}\n`).join('')}`,
      );
    });
}
