import { describe } from 'vitest';
import { modelJudge } from '../contract/model-judge.ts';
import { storeContract } from '../contract/store-contract.ts';

describe('the modelled DynamoDB', () => storeContract(modelJudge()));
