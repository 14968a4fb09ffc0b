import type { Command } from 'commander';
import type { ActionName } from '../../shared/steering/actions.ts';
import { steer } from '../../shared/steering/steer.ts';
import type { Context } from './context.ts';
import { Deployment, type DeploymentOptions, withDeployment } from './deployment.ts';

export interface SteeringOptions extends DeploymentOptions {
  readonly by?: string;
}

/** Adds what every command has that steers a migration. */
export function withSteering(command: Command, examples: readonly string[]): Command {
  command.option('--by <name>', 'who does it, for the record of actions (default: your user name)');
  return withDeployment(command, 'JournalTable').addHelpText(
    'after',
    `\nExamples:\n${examples.map((example) => `  $ segue ${example}\n`).join('')}`.trimEnd(),
  );
}

interface SteeringProps {
  readonly migration: string;
  readonly action: ActionName;
  readonly parameters?: object;
}

/**
 * Does an action of the table that the state machine uses, and tells its effect.
 * @throws InvalidInputError with everything that speaks against it.
 */
export async function steerMigration(
  context: Context,
  options: SteeringOptions,
  { migration, action, parameters }: SteeringProps,
): Promise<void> {
  const { runtime, terminal, user } = context;
  const journal = await new Deployment(context, options).journal(migration);
  const { effect } = await steer({
    input: { migration, action, by: options.by ?? user(), ...parameters },
    id: runtime.id(),
    journalOf: () => journal,
    runtime,
  });
  terminal.write(`${effect}\n`);
}
