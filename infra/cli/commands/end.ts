import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { type SteeringOptions, steerMigration, withSteering } from '../steering.ts';

const TAKEN_AWAY =
  'Versions, tombstones, event source mappings, and the streams that it had enabled are removed, on both sides; the route stays until it is retired. There is no way back from here.';

/** `segue complete` */
export function addComplete(program: Command, context: Context): void {
  addEnd(program, context, {
    name: 'complete',
    summary: 'end a migration on the target, after the switch',
    description: `Ends the migration with the target: its changes are not carried back any more. ${TAKEN_AWAY}`,
  });
}

/** `segue abort` */
export function addAbort(program: Command, context: Context): void {
  addEnd(program, context, {
    name: 'abort',
    summary: 'end a migration on the source, before the switch or after a rollback',
    description: `Ends the migration with the source, at any moment before the switch, also in the middle of a copy. The target keeps what it has got. ${TAKEN_AWAY}`,
  });
}

interface End {
  readonly name: 'complete' | 'abort';
  readonly summary: string;
  readonly description: string;
}

function addEnd(program: Command, context: Context, { name, summary, description }: End): void {
  const command = program
    .command(name)
    .summary(summary)
    .description(description)
    .argument('<migration>', 'name of the migration');
  withSteering(command, [`${name} orders`]).action((migration: string, options: SteeringOptions) =>
    steerMigration(context, options, { migration, action: name }),
  );
}
