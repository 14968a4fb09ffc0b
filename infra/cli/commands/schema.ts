import type { Command } from 'commander';
import { specJsonSchema } from '../../../shared/spec.ts';
import type { Context } from '../context.ts';

/** `segue schema` */
export function addSchema(program: Command, { terminal }: Context): void {
  program
    .command('schema')
    .summary('print the JSON Schema of the spec')
    .description(
      'Prints the JSON Schema of the spec, for editors: save it and name it in the spec as "$schema".',
    )
    .addHelpText('after', '\nExample:\n  $ segue schema > segue.schema.json')
    .action(() => terminal.write(`${JSON.stringify(specJsonSchema(), undefined, 2)}\n`));
}
