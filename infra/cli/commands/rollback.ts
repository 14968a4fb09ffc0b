import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { type SteeringOptions, steerMigration, withSteering } from '../steering.ts';

/** `segue rollback` */
export function addRollback(program: Command, context: Context): void {
  const command = program
    .command('rollback')
    .summary('cut over to the source again, after the switch')
    .description(
      'Leads the application back to the source by the same controlled cutover, with the same gates: every write that the target has acknowledged is on the source by then. It begins as soon as the gates are open, usually within half a minute, since routers first let go of their longer cache times. The migration is Ready again afterwards.',
    )
    .argument('<migration>', 'name of the migration');
  withSteering(command, ['rollback orders', 'rollback orders --by "Ada, incident 4711"']).action(
    (migration: string, options: SteeringOptions) =>
      steerMigration(context, options, { migration, action: 'rollback' }),
  );
}
