import type { Runtime } from './runtime.ts';

const FIRST_MILLISECONDS = 50;
const LONGEST_MILLISECONDS = 5_000;

/** Full jitter: a random part of an exponentially growing bound (AWS Architecture Blog, "Exponential Backoff And Jitter"). */
export function backoffMilliseconds(runtime: Runtime, attempt: number): number {
  return Math.ceil(runtime.random() * Math.min(LONGEST_MILLISECONDS, FIRST_MILLISECONDS * 2 ** attempt));
}
