import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { type SteeringOptions, steerMigration, withSteering } from '../steering.ts';

/** `segue resume` */
export function addResume(program: Command, context: Context): void {
  const command = program
    .command('resume')
    .summary('go on after a pause')
    .description(
      'Ends the pause of a migration: its units go on where they stopped, within a minute. A migration whose execution has ended is started again with "segue start" instead.',
    )
    .argument('<migration>', 'name of the migration');
  withSteering(command, ['resume orders']).action((migration: string, options: SteeringOptions) =>
    steerMigration(context, options, { migration, action: 'resume' }),
  );
}
