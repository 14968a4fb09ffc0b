import { describe, expect, it } from 'vitest';
import { DIFFERENCES, type Difference } from './differences.ts';
import type { Bench, Contract, Judge } from './judge.ts';
import { keptKey } from './key-observations.ts';
import { SPECIAL_KEYS, type SpecialKey } from './special-keys.ts';

/**
 * What the migrator needs of S3 and of its store: one suite for every S3 that there is without an account. Where one
 * of them differs from AWS, the expectation is AWS's.
 */
export function s3StoreContract(judge: Judge): void {
  const repeated = (times: number, body: (bench: Bench) => Promise<void>) => async () => {
    for (let seed = 1; seed <= times; seed++) await judge.run(body, seed);
  };
  const contract: Contract = {
    judge: judge.name,
    it: (what, body) => it(what, repeated(judge.runs, body)),
    always: (what, body) => it(`${what} (${judge.races} times)`, repeated(judge.races, body)),
  };
  describe('differences from AWS', () => {
    for (const [what, { aws, instead, observe }] of Object.entries<Difference>(DIFFERENCES))
      contract.it(`${what}: ${instead[judge.name] ?? aws}`, async (bench) => {
        expect(await observe(bench)).toBe(instead[judge.name] ?? aws);
      });
  });
  describe('special keys', () => {
    for (const [what, { key, body, instead }] of Object.entries<SpecialKey>(SPECIAL_KEYS))
      contract.it(`${what}: ${instead?.[judge.name] ?? 'kept'}`, async (bench) => {
        expect(await keptKey(key, body)(bench)).toBe(instead?.[judge.name] ?? 'kept');
      });
  });
}
