import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { S3 } from '../../clients.ts';

/** These change no object. */
const WITHOUT_EVENT = [AbortMultipartUploadCommand, CreateMultipartUploadCommand, UploadPartCopyCommand];

/**
 * Sends requests that write, and remembers whether the outcome of one is not known: a connection that broke, a
 * server's error, or an answer to a second attempt, of which the first may still be on its way.
 */
export class TrackedS3Writes implements S3 {
  outcomesKnown = true;
  readonly send: S3['send'];

  /** @param requests is added the ids of the requests that have changed an object, by which its events name them. */
  constructor(client: S3, requests?: string[]) {
    const send = async (...args: Parameters<S3Client['send']>) => {
      try {
        const answer = await (client.send as (...same: typeof args) => Promise<Answered>)(...args);
        const { attempts = 1, requestId } = answer.$metadata ?? {};
        if (attempts > 1) this.outcomesKnown = false;
        const isTold = !WITHOUT_EVENT.some((silent) => args[0] instanceof silent);
        if (isTold && requestId !== undefined) requests?.push(requestId);
        return answer;
      } catch (error) {
        const { attempts = 1, httpStatusCode = 0 } = (error as Answered).$metadata ?? {};
        // A refusal had no effect. `SlowDown` (503) is one of them.
        const refused =
          (httpStatusCode >= 400 && httpStatusCode < 500) || (error as Error).name === 'SlowDown';
        if (attempts > 1 || !refused) this.outcomesKnown = false;
        throw error;
      }
    };
    this.send = send as unknown as S3['send'];
  }
}

interface Answered {
  readonly $metadata?: {
    readonly attempts?: number;
    readonly httpStatusCode?: number;
    readonly requestId?: string;
  };
}
