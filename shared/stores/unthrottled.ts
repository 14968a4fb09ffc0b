import type { Meter, Throttling } from './meter.ts';

/** About two minutes of throttling, by the backoff. */
const ATTEMPTS = 50;

/**
 * Sends a request again while it is throttled, and tells a meter of each time: who slows down is decided by the reason.
 * @param reasonOf what an error says of throttling; undefined for one of another kind, which is thrown.
 */
export async function sendUnthrottled<T>(
  meter: Meter,
  send: () => Promise<T>,
  reasonOf: (error: unknown) => Throttling | undefined,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      const throttling = reasonOf(error);
      if (!throttling || attempt >= ATTEMPTS) throw error;
      await meter.throttled(throttling);
      await meter.backOff(attempt);
    }
  }
}
