import { setTimeout as delay } from 'node:timers/promises';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { cityKey } from '../../infra/local/cities/cities.ts';
import type { Item } from '../../infra/local/cities/item-text.ts';
import type { GivenUpFact } from '../../shared/engine/cutover.ts';
import { dynamodb } from './aws.ts';
import { Execution } from './execution.ts';
import { reportOf } from './left-behind.ts';
import { closeScene, goesOn, openScene, type Scene } from './scene.ts';
import { tablePair } from './tables.ts';
import { until } from './until.ts';

const REASON = 'the source did not fall silent in time: somebody still writes it';
const PAUSE_SECONDS = 8;

describe.concurrent('a cutover while somebody writes past the router', () => {
  it('is given up, and made when the source falls silent', async () => {
    const scene = await openScene(tablePair('given-up'));
    const { migration, pair } = scene;
    const stopWriting = writePastTheRouter(pair.source);
    const execution = await Execution.start(
      migration.spec({ cutover: { attempts: 20, pauseSeconds: PAUSE_SECONDS } }),
    );
    await migration.approve(execution);

    await until('a cutover is given up', async () => (await reasons(scene)).length > 0);
    expect((await reasons(scene))[0]).toContain(REASON);
    await goesOn(scene);

    const { pauses } = await closeScene(scene, execution, [await stopWriting()]);
    expect(pauses.longestMilliseconds).toBeLessThan(2 * PAUSE_SECONDS * 1000);
    expect((await migration.status()).switched?.attempt).toBeGreaterThan(1);
    const { json } = await reportOf(migration.name);
    expect(json.cutover?.givenUp[0]?.reason).toContain(REASON);
  });

  it('fails the migration after as many attempts as the spec allows, which can be started again', async () => {
    const scene = await openScene(tablePair('given-up-often'));
    const { migration, pair } = scene;
    const stopWriting = writePastTheRouter(pair.source);
    const spec = migration.spec({
      cutover: { approval: 'automatic', attempts: 1, pauseSeconds: PAUSE_SECONDS },
    });

    const { status, error, cause } = await (await Execution.start(spec)).ended();
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'CutoverGivenUpError' });
    expect(cause).toContain(REASON);
    expect(await reasons(scene)).toHaveLength(1);
    expect((await migration.route()).state).toBe('source');
    expect((await reportOf(migration.name)).json.outcome.kind).toBe('failed');
    await goesOn(scene);

    const written = await stopWriting();
    await closeScene(scene, await Execution.start(spec), [written]);
    expect((await migration.status()).switched?.attempt).toBe(2);
  });
});

/** Writes one item again and again, past the router. @returns how to stop it, which gives what it wrote last. */
function writePastTheRouter(table: string): () => Promise<Item> {
  const stopping = new AbortController();
  const write = async (): Promise<Item> => {
    for (let time = 1; ; time++) {
      const item = { ...cityKey(1, 'past the router'), time: { N: String(time) } };
      await dynamodb.send(new PutItemCommand({ TableName: table, Item: item }));
      if (stopping.signal.aborted) return item;
      await delay(100);
    }
  };
  const done = write();
  return () => {
    stopping.abort();
    return done;
  };
}

/** Why cutovers have been given up so far. */
async function reasons({ migration }: Scene): Promise<string[]> {
  const facts = await migration.journal.facts<GivenUpFact>('given-up#');
  return [...facts.values()].map(({ reason }) => reason);
}
