import { parentPort, workerData } from 'node:worker_threads';
import type { Job, Report } from './outcome.ts';
import type { WorkerData } from './thread.ts';

/**
 * The code of a thread: runs one schedule after the other. Everything that a mutant may change is imported after the
 * mutant was installed.
 */
const { mutant } = workerData as WorkerData;
if (mutant !== undefined) {
  const { installMutant } = await import('../mutants/loader.ts');
  installMutant(mutant);
}
const { runSchedule } = await import('../schedule.ts');

const rejections: unknown[] = [];
process.on('unhandledRejection', (reason) => rejections.push(reason));

let last = Promise.resolve();
parentPort?.on('message', (job: Job) => {
  last = last.then(async () => parentPort?.postMessage(await report(job)));
});
parentPort?.postMessage('ready');

/** Of an exception nobody expected. Refusals are exceptions, too, thousands of them, whose stacks nobody reads. */
const STACK_FRAMES = 20;

/** An exception is a violation like any other: it names its seed. */
async function report({ seed, setting, traced = false }: Job): Promise<Report> {
  Error.stackTraceLimit = traced ? STACK_FRAMES : 0;
  try {
    const { violations, steps, coverage, trace } = await runSchedule(seed, setting, traced);
    // Rejections that nobody handles are told after the microtasks; they belong to this schedule.
    await new Promise((resolve) => setImmediate(resolve));
    return {
      violations: [...violations, ...rejections.splice(0).map(crash)],
      steps,
      coverage,
      trace: trace(),
    };
  } catch (error) {
    rejections.length = 0;
    const crashed: Report = { violations: [crash(error)], steps: 0, coverage: {}, trace: [] };
    if (traced) return crashed;
    // Once more, for the stack.
    const again = await report({ seed, setting, traced: true });
    return again.violations.length > 0 ? { ...again, trace: [] } : crashed;
  }
}

function crash(error: unknown): string {
  if (!(error instanceof Error)) return `crashed: ${String(error)}`;
  return `crashed with ${error.name}: ${error.stack ?? error.message}`;
}
