import { beforeAll, describe, expect, it } from 'vitest';
import { cityItems } from '../../infra/local/cities/cities.ts';
import type { CityLedger } from '../../infra/local/cities/city-ledger.ts';
import { createTable, loadItems } from '../../infra/local/cities/city-table.ts';
import type { Item } from '../../infra/local/cities/item-text.ts';
import type { Status } from '../../shared/status.ts';
import { dynamodb } from './aws.ts';
import { captureOf, NOT_CAPTURED } from './capture.ts';
import { Execution } from './execution.ts';
import { reportOf } from './left-behind.ts';
import { TestMigration } from './migration.ts';
import { harmOf, NO_HARM } from './scene.ts';
import { contentOf } from './table-content.ts';
import { tablePair } from './tables.ts';
import { tag, tagsOf } from './tags.ts';

const ITEMS = 800;
const TAGS = [{ Key: 'team', Value: 'data' }];
const pairs = [tablePair('move'), tablePair('move-too')] as const;
const migration = new TestMigration('move', ...pairs);
const spec = migration.spec({ cutover: { approval: 'required' } });

/** Two tables, each with an application that goes on before, during and after the cutover. */
describe('a migration of two tables under live writes', () => {
  let seeded: Item[];
  let status: Status;
  let ledgers: CityLedger[];

  beforeAll(async () => {
    seeded = await cityItems(ITEMS);
    for (const { source } of pairs) {
      await createTable(dynamodb, source);
      await loadItems(dynamodb, source, seeded);
      await tag(source, TAGS);
    }
    await migration.createRoute();
    const applications = pairs.map((pair, seed) => migration.startApplication(pair, seeded, seed));
    const execution = await Execution.start(spec);
    await migration.approve(execution);
    await execution.succeeded();
    ledgers = await Promise.all(applications.map((application) => application.stop()));
    status = await migration.status();
  });

  it('does no harm to a single write', async () => {
    for (const [index, pair] of pairs.entries()) {
      const ledger = ledgers[index] as CityLedger;
      expect(await harmOf({ pair, ledger, seeded, switchedAt: status.switched?.switchedAt })).toEqual(
        NO_HARM,
      );
    }
  });

  it('is judged by applications that wrote all the time', () => {
    for (const { acknowledged, records } of ledgers) {
      expect(acknowledged).toBeGreaterThan(200);
      const times = records.flatMap(({ states }) => states.map(({ at }) => at));
      const { announcedAt = 0, switchedAt = 0 } = status.switched ?? {};
      expect(times.some((at) => at > 0 && at < announcedAt)).toBe(true);
      expect(times.some((at) => at > switchedAt)).toBe(true);
    }
  });

  it('copies and compares every item, a unit of its own for each table', () => {
    const { copy, verify } = status.progress;
    expect(copy).toMatchObject({ units: 2, unitsDone: 2 });
    expect(verify).toMatchObject({ units: 2, unitsDone: 2 });
    expect(copy.counts.items).toBeGreaterThanOrEqual(2 * ITEMS * 0.9);
    expect(status.applied.written).toBeGreaterThan(0);
    expect(status.applied.removed).toBeGreaterThan(0);
  });

  it('creates the targets like their sources, with their tags', async () => {
    for (const { target } of pairs) expect(await tagsOf(target)).toEqual(TAGS);
  });

  it('switches both tables at once, and the route stays', async () => {
    const { state, tables } = await migration.route();
    expect(state).toBe('target');
    expect(tables).toMatchObject(pairs);
  });

  it('leaves neither mapping nor stream', async () => {
    for (const { source } of pairs) expect(await captureOf(source)).toEqual(NOT_CAPTURED);
  });

  it('leaves a report that agrees', async () => {
    const { html, json } = await reportOf(migration.name);
    expect(json).toMatchObject({
      name: migration.name,
      outcome: { kind: 'completed', attention: false },
      resources: pairs,
      copy: { units: 2, unitsDone: 2, items: status.progress.copy.counts.items, rejected: 0 },
      compare: { units: 2, unitsDone: 2, notRepaired: 0 },
      approval: { by: 'a test' },
      cutover: { switched: { writePauseMilliseconds: status.pauseMilliseconds } },
      route: { state: 'target' },
      keys: { strays: { total: 0 }, quarantine: { total: 0 } },
    });
    expect(json.gates?.gates.filter(({ holds }) => !holds)).toEqual([]);
    expect(json.backups?.map(({ table }) => table).sort()).toEqual(pairs.map(({ source }) => source).sort());
    expect(html).toContain(json.outcome.sentence);
  });

  it('changes nothing when it is started again', async () => {
    const tables = pairs.flatMap(({ source, target }) => [source, target]);
    const look = async () => ({
      content: await Promise.all(tables.map(contentOf)),
      route: await migration.route(),
      capture: await Promise.all(tables.map(captureOf)),
      switched: (await migration.status()).switched,
    });
    const before = await look();
    const { term } = await migration.status();

    const again = await Execution.start(spec);
    await again.succeeded(60);

    expect(await look()).toEqual(before);
    expect((await migration.status()).term).toBe(term + 1);
  });
});
