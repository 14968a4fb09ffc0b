import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, it } from 'vitest';
import { MUTANTS } from '../../simulation/mutants/catalogue.ts';
import { mutatedFiles } from '../../simulation/mutants/loader.ts';

describe('the catalogue of mutants', () => {
  it('has a name of its own for each', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  it('has a change of its own for each', () => {
    expect(new Set(MUTANTS.map(({ edits }) => JSON.stringify(edits))).size).toBe(MUTANTS.length);
  });

  it('needs no other changes of the same text', () => {
    expect(() =>
      mutatedFiles({
        name: 'twice',
        rule: '',
        scenario: 'data path',
        edits: [{ file: 'shared/parallel.ts', from: 'const', to: 'let' }],
      }),
    ).toThrow(/mutant twice: the text to be replaced stands \d+ times in shared\/parallel.ts, and must once/);
  });
});

describe.each(MUTANTS)('mutant $name', (mutant) => {
  it('applies to the engine as it is, and can be loaded', () => {
    const files = mutatedFiles(mutant);
    expect(files.size).toBeGreaterThan(0);
    for (const [file, source] of files) {
      expect(source).not.toBe(readFileSync(file, 'utf8'));
      expect(() => stripTypeScriptTypes(source)).not.toThrow();
    }
  });
});
