import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { type SteeringOptions, steerMigration, withSteering } from '../steering.ts';

interface ApproveOptions extends SteeringOptions {
  readonly rehearse?: true;
}

/** `segue approve` */
export function addApprove(program: Command, context: Context): void {
  const command = program
    .command('approve')
    .summary('approve the cutover of a migration that is ready')
    .description(
      'Approves the cutover of a migration in the phase Ready. It begins as soon as every other gate is open; those that are still shut are named. The first approval stands; a cutover that was given up too often asks for a new one.',
    )
    .argument('<migration>', 'name of the migration')
    .option('--rehearse', 'everything up to the switch, then given up, with the write pause measured');
  withSteering(command, ['approve orders --rehearse', 'approve orders --by "Ada, change 4711"']).action(
    (migration: string, options: ApproveOptions) =>
      steerMigration(context, options, {
        migration,
        action: 'approve',
        parameters: options.rehearse ? { rehearse: true } : {},
      }),
  );
}
