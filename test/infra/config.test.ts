import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseConfig, readConfig } from '../../infra/config.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { FULL, MINIMAL } from './stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'segue-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function problemsOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof InvalidInputError) return error.problems;
    throw error;
  }
  return [];
}

describe('the deploy config', () => {
  it('needs nothing but the tables', () => {
    expect(parseConfig(MINIMAL)).toEqual({ ...MINIMAL, stackName: 'Segue', tags: {} });
  });

  it('takes every option', () => {
    expect(parseConfig(FULL)).toEqual(FULL);
  });

  it('lists every problem at once', () => {
    const problems = problemsOf(() =>
      parseConfig({
        sources: [],
        targets: ['ab'],
        region: 'eu-central-1',
        logRetentionDays: 4,
        kmsKeyArn: 'alias/mine',
        workers: { memoryMegabytes: 64, threads: 2 },
      }),
    );
    expect(problems.map(({ at }) => at).sort()).toEqual([
      'kmsKeyArn',
      'logRetentionDays',
      'region',
      'sources',
      'targets[0]',
      'workers.memoryMegabytes',
      'workers.threads',
    ]);
    for (const problem of problems) expect(problem).toMatchObject({ problem: /./, change: /./ });
  });

  it('names the values that CloudWatch takes as a retention', () => {
    const [problem] = problemsOf(() => parseConfig({ ...MINIMAL, logRetentionDays: 4 }));
    expect(problem?.allowed).toContain('1, 3, 5, 7, 14, 30');
  });

  it('refuses a table that is named twice', () => {
    const problems = problemsOf(() => parseConfig({ ...MINIMAL, targets: ['orders-v2', 'orders-v2'] }));
    expect(problems).toMatchObject([{ at: 'targets[1]', value: 'orders-v2' }]);
  });

  it('takes smoke tests by the ARN of a function or a state machine, and nothing wider', () => {
    const found = problemsOf(() =>
      parseConfig({ ...MINIMAL, smokeTests: [...FULL.smokeTests, '*', `${FULL.smokeTests[1]}*`, 'looks'] }),
    );
    expect(found.map(({ at }) => at)).toEqual(['smokeTests[2]', 'smokeTests[3]', 'smokeTests[4]']);
  });

  it('is read from a file', () => {
    const path = join(folder, 'config.json');
    writeFileSync(path, JSON.stringify(MINIMAL));
    expect(readConfig(path)).toMatchObject(MINIMAL);
  });

  it('shows an example where the file is missing or is not JSON', () => {
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, '{ sources: }');
    for (const path of [join(folder, 'missing.json'), broken]) {
      const [problem] = problemsOf(() => readConfig(path));
      expect(problem?.at).toBe(path);
      const example = problem?.allowed?.slice(problem.allowed.indexOf('{')) ?? '';
      expect(problemsOf(() => parseConfig(JSON.parse(example)))).toEqual([]);
    }
  });
});
