import type { Command } from 'commander';
import { resourcesText } from '../../../shared/report/nouns.ts';
import { resourceKind } from '../../../shared/spec.ts';
import type { Context } from '../context.ts';
import { readSpecFile } from '../spec-file.ts';

/** `segue validate` */
export function addValidate(program: Command, { terminal }: Context): void {
  program
    .command('validate')
    .summary('check a spec on this machine')
    .description(
      'Checks a spec on this machine and lists every problem at once. The account is looked at when an execution starts; with "segue start --dry-run" nothing more than that happens.',
    )
    .argument('<spec.json>', 'the spec')
    .addHelpText('after', '\nExample:\n  $ segue validate orders.json')
    .action((path: string) => {
      const { name, resources } = readSpecFile(path).spec;
      terminal.write(
        `The spec is valid: migration ${name} moves ${resourcesText(resources.map(resourceKind))}. The account was not looked at.\n`,
      );
    });
}
