import { afterAll, describe, expect, it } from 'vitest';
import { MUTANTS } from './mutants/catalogue.ts';
import { rememberedSeed } from './run/catching-seeds.ts';
import { Pool } from './run/pool.ts';
import { runMutant } from './run/run-mutant.ts';

const sound = new Pool({ threads: 1 });
afterAll(() => sound[Symbol.asyncDispose]());

// The seed that caught it before comes first; should it not do so any more, the search goes on from there. The engine
// as it is must pass what catches.
describe.concurrent('the invariants catch a mutant:', () => {
  for (const { name, rule } of MUTANTS)
    it(`${name} (${rule})`, async () => {
      const { caught, problem } = await runMutant(name, { from: rememberedSeed(name), enough: 1, sound });
      expect(problem).toBeUndefined();
      expect(caught).toBeGreaterThan(0);
    });
});
