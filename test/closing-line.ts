import type { Reporter, TestModule } from 'vitest/node';

/** Prints, as the last line of a run, how many tests passed, failed and were skipped, and the names of the skipped. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const skipped: string[] = [];
    for (const module of modules) {
      if (module.state() === 'failed' && module.errors().length > 0) counts.failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed' || state === 'failed') counts[state]++;
        else {
          counts.skipped++;
          skipped.push(test.fullName);
        }
      }
    }
    counts.failed += errors.length;
    for (const name of skipped) console.log(`skipped: ${name}`);
    // After vitest's own summary, which is printed in the same turn.
    process.once('exit', () =>
      console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`),
    );
  }
}
