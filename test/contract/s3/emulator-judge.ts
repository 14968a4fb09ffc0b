import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { s3Client } from '../../../shared/clients.ts';
import { systemRuntime } from '../../../shared/runtime.ts';
import type { Actor, Judge, JudgeName } from './judge.ts';

export interface EmulatorJudgeProps {
  readonly name: JudgeName;
  readonly races: number;
  /** Asked for at the first test: only then an emulator has to run. */
  readonly clientConfig: () => S3ClientConfig;
}

/** An emulator that answers over HTTP. */
export function emulatorJudge({ name, races, clientConfig }: EmulatorJudgeProps): Judge {
  let actor: Actor | undefined;
  return {
    name,
    runs: 1,
    races,
    async run(body) {
      // An emulator has one host for all buckets.
      actor ??= { client: s3Client({ ...clientConfig(), forcePathStyle: true }), runtime: systemRuntime };
      const self = actor;
      await body({ ...self, together: (...all) => Promise.allSettled(all.map((code) => code(self))) });
    },
  };
}
