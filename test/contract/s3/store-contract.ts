import { describe, expect, it } from 'vitest';
import { aclContract } from './acl-contract.ts';
import { carriedContract } from './carried-contract.ts';
import type { Difference } from './difference.ts';
import { DIFFERENCES, type DifferenceName, doesAsAws } from './differences.ts';
import { historyContract } from './history-contract.ts';
import { insertContract } from './insert-contract.ts';
import type { Bench, Contract, Judge } from './judge.ts';
import { judgingCopies } from './judging-client.ts';
import { keptKey } from './key-observations.ts';
import { lockContract } from './lock-contract.ts';
import { meterContract } from './meter-contract.ts';
import { partsContract } from './parts-contract.ts';
import { readContract } from './read-contract.ts';
import { scanContract } from './scan-contract.ts';
import { SPECIAL_KEYS, type SpecialKey } from './special-keys.ts';
import { writeContract } from './write-contract.ts';

/** The parts of the contract, by what they are about. */
const PARTS: Readonly<Record<string, (contract: Contract) => void>> = {
  scans: scanContract,
  'copying of pages': insertContract,
  'what travels with an object': carriedContract,
  'access control lists': aclContract,
  'Object Lock': lockContract,
  'copies in parts': partsContract,
  'reads and comparisons': readContract,
  'writes of single objects': writeContract,
  'what a meter is told': meterContract,
  'histories of objects': historyContract,
};

/** What an S3 must do as AWS does to judge a part at all. */
const NEEDED: Readonly<Record<string, DifferenceName>> = {
  'histories of objects': 'which version follows another',
};

/**
 * What the migrator needs of S3 and of its store: one suite for every S3 that there is without an account. Where one
 * of them differs from AWS, the expectation is AWS's.
 */
export function s3StoreContract(judge: Judge): void {
  const repeated = (times: number, body: (bench: Bench) => Promise<void>) => async () => {
    for (let seed = 1; seed <= times; seed++) await judge.run(body, seed);
  };
  const isJudging = doesAsAws(judge.name, 'a copy that may only create, where an object is');
  const judging = (body: (bench: Bench) => Promise<void>) => (bench: Bench) =>
    body(isJudging ? bench : { ...bench, client: judgingCopies(bench.client) });
  const contract: Contract = {
    judge: judge.name,
    it: (what, body) => it(what, repeated(judge.runs, judging(body))),
    always: (what, body) => it(`${what} (${judge.races} times)`, repeated(judge.races, body)),
  };
  describe('differences from AWS', () => {
    for (const [what, { aws, instead, observe }] of Object.entries<Difference>(DIFFERENCES))
      it(
        `${what}: ${instead[judge.name] ?? aws}`,
        repeated(judge.runs, async (bench) => {
          expect(await observe(bench)).toBe(instead[judge.name] ?? aws);
        }),
      );
  });
  describe('special keys', () => {
    for (const [what, { key, body, instead }] of Object.entries<SpecialKey>(SPECIAL_KEYS))
      contract.it(`${what}: ${instead?.[judge.name] ?? 'kept'}`, async (bench) => {
        expect(await keptKey(key, body)(bench)).toBe(instead?.[judge.name] ?? 'kept');
      });
  });
  for (const [subject, part] of Object.entries(PARTS)) {
    const needed = NEEDED[subject];
    if (!needed || doesAsAws(judge.name, needed)) describe(subject, () => part(contract));
  }
}
