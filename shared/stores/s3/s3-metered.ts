import type { S3Client } from '@aws-sdk/client-s3';
import { MEGABYTE } from '../../capacity.ts';
import type { S3 } from '../../clients.ts';
import { isNamed } from '../../errors.ts';
import type { Meter, Throttling } from '../meter.ts';
import { sendUnthrottled } from '../unthrottled.ts';
import type { ObjectOutcome } from './s3-errors.ts';

/** By these S3 says that fewer requests are wanted (Amazon S3 API Reference, "Error responses"). */
const SLOWED = ['SlowDown', 'ServiceUnavailable'];
/** By these, that the key that encrypts an object was used too often: a limit of the account. */
const KEY_THROTTLED = ['ThrottlingException', 'KMS.ThrottlingException'];
/** The name that the SDK gives to an error without a code. */
const UNNAMED = 'Unknown';

/**
 * What an error of S3 says of throttling. The answer to HEAD has no text and so no code: there 503 says the same as
 * `SlowDown`. Elsewhere the status proves nothing, for the SDK gives 503 to every error within an answer that began as
 * a success. Which prefix is too busy S3 does not tell: all workers slow down.
 * @returns undefined for any other error.
 */
export function s3ThrottlingOf(error: unknown): Throttling | undefined {
  const { httpStatusCode } = (error as Answered).$metadata ?? {};
  if (isNamed(error, ...SLOWED) || (httpStatusCode === 503 && isNamed(error, UNNAMED)))
    return { kind: 'request', scope: 'bucket' };
  return isNamed(error, ...KEY_THROTTLED) ? { kind: 'request', scope: 'account' } : undefined;
}

/** The one answer of throttling that says for certain that nothing was done: 503 may come from a server that did it. */
export function refusalToSlowDown(error: unknown): Throttling | undefined {
  return isNamed(error, 'SlowDown') ? s3ThrottlingOf(error) : undefined;
}

/**
 * Asks a meter for each request, and sends again what was throttled. There are two rounds of retries, one within the
 * other: the SDK tries a request a few times by itself, within about a second, and each of these attempts counts as a
 * request once its answer is there. What it gives up is throttled for longer than a moment: only that the meter is
 * told, which slows down all workers, and the request is sent anew after a backoff, for about two minutes, or until the
 * worker has to hand over.
 */
export function meteredS3(client: S3, meter: Meter, throttlingOf = s3ThrottlingOf): S3 {
  const send = (...args: Parameters<S3Client['send']>) =>
    sendUnthrottled(
      meter,
      async () => {
        await meter.spend('request', 1);
        try {
          const answer = await (client.send as (...same: typeof args) => Promise<Answered>)(...args);
          countHidden(meter, answer);
          return answer;
        } catch (error) {
          countHidden(meter, error as Answered);
          throw error;
        }
      },
      throttlingOf,
    );
  return { send: send as unknown as S3['send'] };
}

/** Waits until so many bytes may be copied or read. They are used at once: however large, a part has its end. */
export async function spendBytes(meter: Meter | undefined, bytes: number): Promise<void> {
  if (bytes > 0) await meter?.spend('megabyte', bytes / MEGABYTE);
}

/** Copies so many bytes once they may be. Where nothing was written, none was copied. */
export async function meteredCopy(
  meter: Meter | undefined,
  bytes: number,
  copy: () => Promise<ObjectOutcome>,
): Promise<ObjectOutcome> {
  await spendBytes(meter, bytes);
  const outcome = await copy();
  if (outcome.kind !== 'written') meter?.correct('megabyte', -bytes / MEGABYTE);
  return outcome;
}

/** The attempts of the SDK beside the one that was asked for. */
function countHidden(meter: Meter, { $metadata: { attempts = 1 } = {} }: Answered): void {
  if (attempts > 1) meter.correct('request', attempts - 1);
}

interface Answered {
  readonly $metadata?: { readonly attempts?: number; readonly httpStatusCode?: number };
}
