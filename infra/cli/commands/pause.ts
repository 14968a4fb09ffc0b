import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { type SteeringOptions, steerMigration, withSteering } from '../steering.ts';

/** `segue pause` */
export function addPause(program: Command, context: Context): void {
  const command = program
    .command('pause')
    .summary('stop copying, comparing and sweeping, and hold the cutover')
    .description(
      'Stops the work on units within seconds, each after its step, and keeps the cutover from beginning; one that is under way is given up, until the switch, and no attempt is used up. Changes go on flowing to the target, so a pause may last for weeks. It costs next to nothing: one execution waits for all workers. The first pause stands until somebody resumes it.',
    )
    .argument('<migration>', 'name of the migration');
  withSteering(command, ['pause orders', 'pause orders --by "Ada, the nightly batch runs"']).action(
    (migration: string, options: SteeringOptions) =>
      steerMigration(context, options, { migration, action: 'pause' }),
  );
}
