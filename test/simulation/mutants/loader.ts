import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { MUTANTS } from './catalogue.ts';
import type { Mutant } from './mutant.ts';

const ROOT = new URL('../../../', import.meta.url);

/**
 * Makes this thread load the engine with the change of one mutant. To be called before anything of `shared/` is
 * imported: a module that is loaded already stays as it is.
 * @throws RangeError when there is no such mutant, or the engine has moved on and its change does not apply any more.
 */
export function installMutant(name: string): void {
  const mutant = MUTANTS.find((each) => each.name === name);
  if (!mutant) throw new RangeError(`no mutant is called ${name}`);
  const changed = new Map(
    [...mutatedFiles(mutant)].map(([file, source]) => [new URL(file, ROOT).href, source]),
  );
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      const source = changed.get(url);
      return source === undefined ? loaded : { ...loaded, source };
    },
  });
}

/**
 * The files that a mutant changes, by their path, each as it is after the change.
 * @throws RangeError unless each text that is to be replaced stands in its file exactly once.
 */
export function mutatedFiles({ name, edits }: Mutant): Map<string, string> {
  const files = new Map<string, string>();
  for (const { file, from, to } of edits) {
    const parts = (files.get(file) ?? readFileSync(new URL(file, ROOT), 'utf8')).split(from);
    if (parts.length !== 2)
      throw new RangeError(
        `mutant ${name}: the text to be replaced stands ${parts.length - 1} times in ${file}, and must once: ${from}`,
      );
    files.set(file, parts.join(to));
  }
  return files;
}
