import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { dynamoDBClient } from '../../shared/clients.ts';
import { systemRuntime } from '../../shared/runtime.ts';
import type { Actor, Judge, JudgeName } from './judge.ts';

export interface EmulatorJudgeProps {
  readonly name: JudgeName;
  readonly races: number;
  /** Asked for at the first test: only then an emulator has to run. */
  readonly clientConfig: () => {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
}

/** An emulator that answers over HTTP. */
export function emulatorJudge({ name, races, clientConfig }: EmulatorJudgeProps): Judge {
  let actor: Actor | undefined;
  return {
    name,
    runs: 1,
    races,
    async run(body) {
      actor ??= {
        client: dynamoDBClient(clientConfig()),
        streams: new DynamoDBStreamsClient(clientConfig()),
        runtime: systemRuntime,
      };
      const self = actor;
      await body({ ...self, together: (...all) => Promise.allSettled(all.map((code) => code(self))) });
    },
  };
}
