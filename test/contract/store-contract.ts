import { describe, expect, it } from 'vitest';
import { cellContract } from './cell-contract.ts';
import { coordinatorContract } from './coordinator-contract.ts';
import { DIFFERENCES, type Difference } from './differences.ts';
import { feedContract } from './feed-contract.ts';
import { gateContract } from './gate-contract.ts';
import { hintContract } from './hint-contract.ts';
import { insertContract } from './insert-contract.ts';
import type { Bench, Contract, Judge } from './judge.ts';
import { listContract } from './list-contract.ts';
import { readContract } from './read-contract.ts';
import { recordContract } from './record-contract.ts';
import { routeContract } from './route-contract.ts';
import { scanContract } from './scan-contract.ts';
import { steeringContract } from './steering-contract.ts';
import { sweepContract } from './sweep-contract.ts';
import { switchContract } from './switch-contract.ts';
import { unitContract } from './unit-contract.ts';
import { writeContract } from './write-contract.ts';

/** The parts of the contract, by what they are about. */
const PARTS: Readonly<Record<string, (contract: Contract) => void>> = {
  'put-if-absent of pages': insertContract,
  'reads by key': readContract,
  scans: scanContract,
  'the cell rule': cellContract,
  'the writing of cells': writeContract,
  sweeps: sweepContract,
  'the feed': feedContract,
  'records of journal and route': recordContract,
  'gate and permits': gateContract,
  'leases of units': unitContract,
  'the coordinator': coordinatorContract,
  steering: steeringContract,
  'lists of keys': listContract,
  'the route': routeContract,
  'the hints': hintContract,
  'the switch': switchContract,
};

/**
 * What the migrator needs of DynamoDB, of its stores, its journal and its route: one suite for every DynamoDB that
 * there is without an account. Where one of them differs from AWS, the expectation is AWS's.
 */
export function storeContract(judge: Judge): void {
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
  for (const [subject, part] of Object.entries(PARTS)) describe(subject, () => part(contract));
}
