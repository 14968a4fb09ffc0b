import { afterAll, beforeAll, describe, it } from 'vitest';
import { emulatorJudge } from '../contract/emulator-judge.ts';
import { storeContract } from '../contract/store-contract.ts';
import { type DynamoDBLocal, missingForDynamoDBLocal, startDynamoDBLocal } from './dynamodb-local.ts';

const missing = missingForDynamoDBLocal();

describe.skipIf(missing)(missing ?? 'DynamoDB Local', () => {
  let server: DynamoDBLocal | undefined;
  beforeAll(async () => {
    server = await startDynamoDBLocal();
  });
  afterAll(() => server?.stop());

  if (missing) it('holds the contract', () => {});
  else
    storeContract(
      emulatorJudge({
        name: 'DynamoDB Local',
        races: 10,
        clientConfig: () => (server as DynamoDBLocal).clientConfig,
      }),
    );
});
