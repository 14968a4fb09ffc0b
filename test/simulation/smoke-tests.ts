import type { Side } from '../../shared/direction.ts';
import type { SmokeTestInput } from '../../shared/engine/smoke-test.ts';
import type { CallSmokeTest, SmokeTestOutcome } from '../../shared/smoke-test.ts';
import { Random } from './world/random.ts';
import type { Task } from './world/task.ts';

export const SMOKE_TEST = 'arn:aws:lambda:us-east-1:000000000000:function:looks';

/** `forgets` returns without an answer; `is slow` answers after its time. */
const MANNERS = [
  ...Array.from({ length: 6 }, () => 'passes' as const),
  'refuses',
  'forgets',
  'errs',
  'is slow',
] as const;
const ANSWERS: Readonly<Record<(typeof MANNERS)[number], SmokeTestOutcome>> = {
  passes: { kind: 'answered', answer: { ok: true } },
  refuses: { kind: 'answered', answer: { ok: false, message: 'an order is missing' } },
  forgets: { kind: 'answered', answer: null },
  errs: { kind: 'failed', reason: 'the function failed' },
  'is slow': { kind: 'failed', reason: 'no answer in time' },
};
const USUAL_MILLISECONDS = 800;

/** The smoke test of a user, and which attempts of a cutover it has passed. */
export class SmokeTests {
  readonly #random: Random;
  readonly #count: (what: string) => void;
  readonly #passed = new Set<string>();

  /** @param count takes what it did. */
  constructor(seed: number, count: (what: string) => void) {
    this.#random = new Random(seed).fork('smoke tests');
    this.#count = count;
  }

  /** How a task calls it. */
  caller(task: Task): CallSmokeTest {
    return async ({ input, limitMilliseconds }) => {
      const manner = this.#random.pick(MANNERS);
      const { to, attempt } = input as SmokeTestInput;
      await task.runtime.sleep(
        manner === 'is slow'
          ? limitMilliseconds
          : Math.min(limitMilliseconds, this.#random.int(10, USUAL_MILLISECONDS)),
      );
      this.#count(`smoke test ${manner}`);
      if (manner === 'passes') this.#passed.add(`${to} ${attempt}`);
      return ANSWERS[manner];
    };
  }

  hasPassed(to: Side, attempt: number): boolean {
    return this.#passed.has(`${to} ${attempt}`);
  }
}
