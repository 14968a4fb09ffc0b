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

/** The SDK takes an error of this name for a transient one and tries again. */
function noAnswer(milliseconds: number): RouteError {
  return Object.assign(new RouteError(`no answer within ${milliseconds} ms`), { name: 'TimeoutError' });
}
