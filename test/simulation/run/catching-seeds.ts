import { readFileSync, writeFileSync } from 'node:fs';
import { MUTANTS } from '../mutants/catalogue.ts';
import type { MutantResult } from './run-mutant.ts';

/** A seed for each mutant that caught it once: where to look first. The search goes on if it does not any more. */
const FILE = new URL('../catching-seeds.json', import.meta.url);

type Seeds = Readonly<Record<string, number>>;

/** The seed that caught this mutant when it was last run with `--remember`. */
export function rememberedSeed(name: string): number | undefined {
  return read()[name];
}

/** Keeps the seed that caught a mutant in the fewest steps; without one, forgets what was known. */
export function rememberCatch({ mutant, shortestSeed }: MutantResult): void {
  const known: Record<string, number | undefined> = { ...read(), [mutant.name]: shortestSeed };
  const inOrder = Object.fromEntries(MUTANTS.map(({ name }) => [name, known[name]]));
  writeFileSync(FILE, `${JSON.stringify(inOrder, undefined, 2)}\n`);
}

function read(): Seeds {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Seeds;
}
