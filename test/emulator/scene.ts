import { expect } from 'vitest';
import type { Application } from '../../infra/local/application.ts';
import { cityItems } from '../../infra/local/cities/cities.ts';
import { checkCities } from '../../infra/local/cities/city-checker.ts';
import type { CityLedger } from '../../infra/local/cities/city-ledger.ts';
import { createTable, loadItems } from '../../infra/local/cities/city-table.ts';
import type { Item } from '../../infra/local/cities/item-text.ts';
import { dynamodb } from './aws.ts';
import type { Execution } from './execution.ts';
import { TestMigration } from './migration.ts';
import type { TablePair } from './tables.ts';
import { until } from './until.ts';

const ITEMS = 400;

/** A migration before its first execution, and the live application of its first table. */
export interface Scene {
  readonly migration: TestMigration;
  readonly pair: TablePair;
  readonly application: Application<CityLedger>;
  readonly seeded: readonly Item[];
}

/** Fills the first table, creates the route and starts the application. Further tables must exist. */
export async function openScene(pair: TablePair, ...more: readonly TablePair[]): Promise<Scene> {
  const seeded = await cityItems(ITEMS);
  await createTable(dynamodb, pair.source);
  await loadItems(dynamodb, pair.source, seeded);
  const migration = new TestMigration(pair.source, pair, ...more);
  await migration.createBriefRoute();
  return { migration, pair, application: migration.startApplication(pair, seeded), seeded };
}

/** Waits until the application has had an answer to a write. */
export async function goesOn({ application }: Scene): Promise<void> {
  const { acknowledged } = application.live();
  await until('the application goes on', async () => application.live().acknowledged > acknowledged);
}

/**
 * Lets an execution succeed and the application stop, and expects that no harm was done.
 * @param written what somebody else has left in the source.
 */
export async function closeScene(
  { migration, pair, application, seeded }: Scene,
  execution: Execution,
  written: readonly Item[] = [],
): Promise<CityLedger> {
  await execution.succeeded();
  const ledger = await application.stop();
  const { switched, active, changed } = await migration.status();
  expect(changed).toEqual([]);
  expect(ledger.acknowledged).toBeGreaterThan(100);
  // The side that was left counts as the source, whichever it is.
  const sides = active === 'target' ? pair : { source: pair.target, target: pair.source };
  const all = [...seeded, ...written];
  expect(await harmOf({ pair: sides, ledger, seeded: all, switchedAt: switched?.switchedAt })).toEqual(
    NO_HARM,
  );
  return ledger;
}

interface HarmOptions {
  readonly pair: TablePair;
  readonly ledger: CityLedger;
  readonly seeded: readonly Item[];
  readonly switchedAt: number | undefined;
}

/** All harm that the independent count finds when a migration is over. */
export async function harmOf({ pair, switchedAt, ...options }: HarmOptions): Promise<object> {
  const { findings, ledger } = await checkCities({
    client: dynamodb,
    ...pair,
    ...options,
    switchedAt,
  });
  const { failures, contradictions, twice } = ledger;
  return { findings, failures, contradictions, twice };
}

export const NO_HARM = { findings: [], failures: [], contradictions: [], twice: [] };
