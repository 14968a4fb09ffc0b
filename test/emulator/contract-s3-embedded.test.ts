import { describe, inject } from 'vitest';
import { emulatorJudge } from '../contract/s3/emulator-judge.ts';
import { s3StoreContract } from '../contract/s3/store-contract.ts';

describe('the S3 of the embedded AWS', () =>
  s3StoreContract(
    emulatorJudge({ name: 'MiniStack', races: 10, clientConfig: () => inject('clientConfig') }),
  ));
