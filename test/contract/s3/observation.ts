import type { Bench } from './judge.ts';

/** Looks what an S3 does, by bare requests: no code of the migrator decides what is seen. */
export type Observation = (bench: Bench) => Promise<string>;

/** @returns `done`, or the status and the name of the error that was answered */
export async function answerOf(request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return 'done';
  } catch (error) {
    const { $metadata, name } = error as Error & { $metadata?: { httpStatusCode?: number } };
    if ($metadata?.httpStatusCode === undefined) throw error;
    return `${$metadata.httpStatusCode} ${name}`;
  }
}
