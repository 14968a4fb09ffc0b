import { describe, inject } from 'vitest';
import { emulatorJudge } from '../contract/emulator-judge.ts';
import { storeContract } from '../contract/store-contract.ts';

describe('the embedded AWS', () =>
  storeContract(emulatorJudge({ name: 'MiniStack', races: 10, clientConfig: () => inject('clientConfig') })));
