import { RouteError } from './errors.ts';
import { type Runtime, Waker } from './runtime.ts';

/**
 * Gives an attempt its time limit. What is sent may still take effect later: the drain waits for this bound.
 * @throws RouteError named `TimeoutError` when there is no answer in time.
 */
export function within<T>(runtime: Runtime, milliseconds: number, send: () => Promise<T>): Promise<T> {
  const answered = new Waker();
  return new Promise<T>((resolve, reject) => {
    send()
      .then(resolve, reject)
      .finally(() => answered.wake());
    void runtime.sleep(milliseconds, answered.signal).then(() => {
      if (!answered.aborted) reject(noAnswer(milliseconds));
    });
  });
}

/** How often in its time limit a long attempt looks whether it may go on. */
const LOOKS = 4;

/**
 * The same for an attempt that may take long. Its time limit counts anew from each look by which it would be sent the
 * same way once more: to be cut off, it needs something that has changed. For the drain that is the bound of any other
 * attempt, since after the fence no look renews it; what counts from the last progress of an upload would be none.
 * @param renewal the time limit from now on, if the attempt would be sent the same way; what it throws is no answer yet.
 * @throws RouteError named `TimeoutError` when there is no answer in time.
 */
export function withinRenewed<T>(
  runtime: Runtime,
  milliseconds: number,
  renewal: () => Promise<number | undefined>,
  send: () => Promise<T>,
): Promise<T> {
  const ended = new Waker();
  return new Promise<T>((resolve, reject) => {
    let limit = begin(milliseconds);
    send()
      .then(resolve, reject)
      .finally(() => {
        limit.wake();
        ended.wake();
      });
    void look();

    function begin(granted: number): Waker {
      const renewed = new Waker();
      void runtime.sleep(granted, renewed.signal).then(() => {
        if (renewed.aborted) return;
        ended.wake();
        reject(noAnswer(granted));
      });
      return renewed;
    }

    async function look(): Promise<void> {
      for (let current = milliseconds; ; ) {
        await runtime.sleep(current / LOOKS, ended.signal);
        if (ended.aborted) return;
        const granted = await renewal().catch(() => undefined);
        if (ended.aborted) return;
        if (granted === undefined) continue;
        limit.wake();
        limit = begin(granted);
        current = granted;
      }
    }
  });
}

/** The SDK takes an error of this name for a transient one and tries again. */
function noAnswer(milliseconds: number): RouteError {
  return Object.assign(new RouteError(`no answer within ${milliseconds} ms`), { name: 'TimeoutError' });
}
