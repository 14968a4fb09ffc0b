import { setTimeout as delay } from 'node:timers/promises';

interface UntilOptions {
  /** How long the answer may be waited for. */
  readonly seconds?: number;
  /** Shorter where a moment must not be missed. */
  readonly everyMilliseconds?: number;
}

/**
 * Asks until there is an answer.
 * @throws Error that says what did not come about when the time is over.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  { seconds = 240, everyMilliseconds = 500 }: UntilOptions = {},
): Promise<T> {
  const late = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > late) throw new Error(`within ${seconds} s it did not come about that ${what}`);
    await delay(everyMilliseconds);
  }
}
