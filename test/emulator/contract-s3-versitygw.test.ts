import { afterAll, beforeAll, describe, it } from 'vitest';
import { emulatorJudge } from '../contract/s3/emulator-judge.ts';
import { s3StoreContract } from '../contract/s3/store-contract.ts';
import { missingForVersitygw, startVersitygw, type Versitygw } from './versitygw.ts';

const missing = missingForVersitygw();

describe.skipIf(missing)(missing ?? 'versitygw', () => {
  let server: Versitygw | undefined;
  beforeAll(async () => {
    server = await startVersitygw();
  });
  afterAll(() => server?.stop());

  if (missing) it('holds the contract of S3', () => {});
  else
    s3StoreContract(
      emulatorJudge({
        name: 'versitygw',
        races: 10,
        // The SDK would refuse what versitygw has copied in parts, for its wrong checksum.
        clientConfig: () => ({
          ...(server as Versitygw).clientConfig,
          responseChecksumValidation: 'WHEN_REQUIRED',
        }),
      }),
    );
});
