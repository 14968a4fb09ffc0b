import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Phase } from '../../shared/phases.ts';
import { type ChaosResult, runChaos } from '../chaos/chaos-run.ts';
import { FAULT_KINDS } from '../chaos/proxy/fault.ts';
import { clientConfig, outputs } from './aws.ts';
import { reportOf } from './left-behind.ts';
import { TestMigration } from './migration.ts';
import { NO_HARM } from './scene.ts';
import { tablePair } from './tables.ts';

const pair = tablePair('chaos');
const migration = new TestMigration('chaos', pair);
const STOP_IN: readonly Phase[] = ['verify', 'drain'];
const VICTIMS = { copy: 1, apply: 2, cutover: 1 };

/** The short form of `npm run chaos`. */
describe('a migration that meets every fault at once', () => {
  let result: ChaosResult;

  beforeAll(async () => {
    result = await runChaos({
      ...{ aws: { clientConfig, temporary: inject('temporary') }, outputs, name: migration.name, ...pair },
      ...{ seed: 1, items: 800, writers: 2, ratePerWriter: 5, stopIn: STOP_IN, victims: VICTIMS },
      createRoute: () => migration.createBriefRoute(),
      terminal: { line: () => undefined, live: () => undefined },
    });
  });

  it('does no harm to a single write', () => {
    const { findings, ledger } = result.verdict;
    const { failures, contradictions, twice } = ledger;
    expect({ findings, failures, contradictions, twice }).toEqual(NO_HARM);
    expect(ledger.acknowledged).toBeGreaterThan(100);
  });

  it.each(FAULT_KINDS)('has met the fault: %s', (kind) => {
    expect(result.faults.ofWorkers.of(kind)).toBeGreaterThan(0);
  });

  it('goes on after deaths of its workers, and from one execution to the next', () => {
    expect(Object.fromEntries(result.kills)).toEqual(VICTIMS);
    expect(result.stopped).toEqual(STOP_IN);
    expect(result.redelivered.batches).toBeGreaterThan(0);
  });

  it('leaves a report', async () => {
    const { html, json } = await reportOf(migration.name);
    expect(json.outcome.kind).toBe('completed');
    expect(html).toContain(json.outcome.sentence);
  });
});
