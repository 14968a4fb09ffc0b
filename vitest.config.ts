import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The calls of all other tests are judged by a test of its own, which must be the last of its project. */
class JudgeLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isJudge = ({ moduleId }: TestSpecification) => moduleId.endsWith('/test/emulator/iam.test.ts');
    return (await super.sort(files)).toSorted((a, b) => Number(isJudge(a)) - Number(isJudge(b)));
  }
}

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line.ts'],
    sequence: { sequencer: JudgeLast },
    projects: [
      // A machine that others use may be many times slower: a limit is for what hangs.
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000 } },
      { test: { name: 'infra', include: ['test/infra/**/*.test.ts'], testTimeout: 120_000 } },
      {
        test: {
          name: 'simulation',
          include: ['test/simulation/**/*.test.ts'],
          // Its tests start as many threads as there are cores.
          maxWorkers: 1,
          fileParallelism: false,
          maxConcurrency: availableParallelism(),
          testTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'emulator',
          include: ['test/emulator/**/*.test.ts'],
          globalSetup: ['test/emulator/setup.ts'],
          maxWorkers: 1,
          fileParallelism: false,
          // A whole migration and more, on a machine that others may use: each wait within it has its own limit.
          testTimeout: 600_000,
          hookTimeout: 600_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
