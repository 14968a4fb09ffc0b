import { setTimeout as delay } from 'node:timers/promises';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { cityItems, cityKey } from '../../infra/local/cities.ts';
import { createTable, loadItems } from '../../infra/local/city-table.ts';
import type { Item } from '../../infra/local/item-text.ts';
import type { GivenUpFact } from '../../shared/engine/cutover.ts';
import { dynamodb } from './aws.ts';
import { Execution } from './execution.ts';
import { count, harm, NO_HARM, reportOf } from './look.ts';
import { TestMigration } from './migration.ts';
import { tablePair } from './tables.ts';
import { until } from './until.ts';

const REASON = 'the source did not fall silent in time: somebody still writes it';

/** Writes one item again and again, past the router. @returns how to stop it, which gives what it wrote last. */
function writePastTheRouter(table: string): () => Promise<Item> {
  const stopping = new AbortController();
  let item: Item = {};
  const done = (async () => {
    for (let time = 1; !stopping.signal.aborted; time++) {
      item = { ...cityKey(1, 'past the router'), time: { N: String(time) } };
      await dynamodb.send(new PutItemCommand({ TableName: table, Item: item }));
      await delay(100);
    }
  })();
  return async () => {
    stopping.abort();
    await done;
    return item;
  };
}

async function begin(name: Parameters<typeof tablePair>[0]) {
  const pair = tablePair(name);
  const migration = new TestMigration(name, pair);
  const seeded = await cityItems(300);
  await createTable(dynamodb, pair.source);
  await loadItems(dynamodb, pair.source, seeded);
  await migration.createBriefRoute();
  const application = migration.startApplication(pair, seeded);
  const stopWriting = writePastTheRouter(pair.source);
  const givenUp = () => migration.journal.facts<GivenUpFact>('given-up#');

  /** Lets the application go on for a while, and counts when the migration is over. */
  const finish = async (execution: Execution, last: Item) => {
    await execution.succeeded();
    const ledger = await application.stop();
    const { switched } = await migration.status();
    const verdict = await count({
      pair,
      ledger,
      seeded: [...seeded, last],
      switchedAt: switched?.switchedAt,
    });
    expect(harm(verdict)).toEqual(NO_HARM);
    expect(switched?.attempt).toBeGreaterThan(1);
    return ledger;
  };
  return { migration, application, stopWriting, givenUp, finish };
}

describe.concurrent('a cutover while somebody writes past the router', () => {
  it('is given up, and made when the source falls silent', async () => {
    const { migration, application, stopWriting, givenUp, finish } = await begin('given-up');
    const execution = await Execution.start(migration.spec({ cutover: { attempts: 20, pauseSeconds: 8 } }));
    await migration.approve(execution);

    const [first] = await until('a cutover is given up', async () => {
      const facts = [...(await givenUp()).values()];
      return facts.length > 0 && facts;
    });
    expect(first?.reason).toContain(REASON);
    const { acknowledged } = application.live();
    await until('the application goes on', async () => application.live().acknowledged > acknowledged);

    const { pauses } = await finish(execution, await stopWriting());
    expect(pauses.longestMilliseconds).toBeLessThan(12_000);
    const { json } = await reportOf(migration.name);
    expect(json.cutover?.givenUp[0]?.reason).toContain(REASON);
  });

  it('fails the migration after as many attempts as the spec allows, which can be started again', async () => {
    const { migration, application, stopWriting, givenUp, finish } = await begin('given-up-often');
    const spec = migration.spec({ cutover: { approval: 'automatic', attempts: 1, pauseSeconds: 8 } });
    const { status, error, cause } = await (await Execution.start(spec)).ended();
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'CutoverGivenUpError' });
    expect(cause).toContain(REASON);
    expect((await givenUp()).size).toBe(1);
    expect((await migration.route()).state).toBe('source');
    expect((await reportOf(migration.name)).json.outcome.kind).toBe('failed');
    const { acknowledged } = application.live();
    await until('the application goes on', async () => application.live().acknowledged > acknowledged);

    const last = await stopWriting();
    await finish(await Execution.start(spec), last);
  });
});
