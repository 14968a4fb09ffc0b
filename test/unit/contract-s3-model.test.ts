import { describe } from 'vitest';
import { modelJudge } from '../contract/s3/model-judge.ts';
import { s3StoreContract } from '../contract/s3/store-contract.ts';

describe('the modelled S3', () => s3StoreContract(modelJudge()));
