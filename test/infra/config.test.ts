import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseConfig, readConfig } from '../../infra/config.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { BUCKETS, FULL, MINIMAL } from './stack.ts';

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
  it('needs nothing but the tables, or the buckets', () => {
    for (const least of [MINIMAL, BUCKETS])
      expect(parseConfig(least)).toEqual({ ...least, stackName: 'Segue', tags: {} });
  });

  it.each([
    ['sources', { targets: ['orders-v2'] }],
    ['targets', { sources: ['orders'], ...BUCKETS }],
    ['sourceBuckets', { ...MINIMAL, targetBuckets: ['photos-v2'] }],
    ['targetBuckets', { sourceBuckets: ['photos'] }],
  ])('wants both sides: it misses %s', (side, config) => {
    expect(problemsOf(() => parseConfig(config))).toMatchObject([{ at: side, problem: 'missing' }]);
  });

  it('wants at least one pair, and shows how it may look', () => {
    const problems = problemsOf(() => parseConfig({ tags: { team: 'data' } }));
    expect(problems).toMatchObject([
      { problem: 'there is nothing to migrate', allowed: expect.stringContaining('"sources"') },
    ]);
  });

  it('takes buckets by names that S3 allows', () => {
    const sourceBuckets = ['photos', 'Photos', 'a', 'arn:aws:s3:::photos', 'photos*'];
    const problems = problemsOf(() => parseConfig({ ...BUCKETS, sourceBuckets }));
    expect(problems.map(({ at }) => at)).toEqual([1, 2, 3, 4].map((index) => `sourceBuckets[${index}]`));
  });

  it('keeps at least as much concurrency for hints as they may use, or none', () => {
    const problems = (config: object) => problemsOf(() => parseConfig({ ...BUCKETS, ...config }));
    expect(problems({ hintReservedConcurrency: 19 })).toMatchObject([
      { at: 'hintReservedConcurrency', value: '19', allowed: expect.stringContaining('(20)') },
    ]);
    expect(problems({ hintConcurrency: 30, hintReservedConcurrency: 29 })).toHaveLength(1);
    expect(problems({ hintConcurrency: 30, hintReservedConcurrency: 30 })).toEqual([]);
    expect(problems({ hintReservedConcurrency: 0 })).toEqual([]);
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

  it('refuses a table or a bucket that is named twice', () => {
    const problems = problemsOf(() =>
      parseConfig({ ...FULL, targets: ['orders-v2', 'orders-v2'], sourceBuckets: ['photos', 'photos'] }),
    );
    expect(problems).toMatchObject([
      { at: 'targets[1]', problem: 'the table is named twice', value: 'orders-v2' },
      { at: 'sourceBuckets[1]', problem: 'the bucket is named twice', value: 'photos' },
    ]);
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
