import { CreateBucketCommand, type S3ClientConfig } from '@aws-sdk/client-s3';
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
      actor ??= actorOf(clientConfig());
      const self = actor;
      await body({ ...self, together: (...all) => Promise.allSettled(all.map((code) => code(self))) });
    },
  };
}

function actorOf(config: S3ClientConfig): Actor {
  // An emulator has one host for all buckets.
  const client = s3Client({ ...config, forcePathStyle: true });
  return {
    client,
    runtime: systemRuntime,
    async createBucket(name) {
      await client.send(new CreateBucketCommand({ Bucket: name }));
    },
  };
}
