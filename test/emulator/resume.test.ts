import { describe, expect, it } from 'vitest';
import { cityItems } from '../../infra/local/cities/cities.ts';
import { createTable, loadItems } from '../../infra/local/cities/city-table.ts';
import { dynamodb } from './aws.ts';
import { Execution } from './execution.ts';
import { closeScene, goesOn, openScene, type Scene } from './scene.ts';
import { contentOf } from './table-content.ts';
import { tablePair } from './tables.ts';
import { until } from './until.ts';

/** A moment that is over in a second or two. */
const MOMENT = { everyMilliseconds: 20 };

/** Each is stopped with StopExecution and started again with the same spec. */
describe.concurrent('a migration that is stopped', () => {
  it('in the middle of the copy goes on with the units that are not done', async () => {
    const large = tablePair('resume-copy-large');
    await createTable(dynamodb, large.source);
    await loadItems(dynamodb, large.source, await cityItems(9_000));
    const scene = await openScene(tablePair('resume-copy'), large);
    const { migration } = scene;
    const spec = migration.spec();
    const units = () => migration.journal.units.records('copy', 3);

    const first = await Execution.start(spec);
    const [before] = await until(
      'the small table is copied and the large one is not',
      async () => {
        const records = await units();
        return records[0]?.done && records.some((unit) => !unit?.done) && records;
      },
      MOMENT,
    );
    await first.stop();

    const second = await Execution.start(spec);
    await migration.approve(second);
    await closeScene(scene, second);
    const after = await units();
    expect(after.map((unit) => unit?.done)).toEqual([true, true, true]);
    // The unit that was done keeps what its first worker has counted: nobody has read it again.
    expect(after[0]?.counts).toEqual(before?.counts);
    expect(await contentOf(large.target)).toEqual(await contentOf(large.source));
    expect((await migration.status()).term).toBe(2);
  });

  it('at ready waits for its approval again, and neither copies nor compares anew', async () => {
    const scene = await openScene(tablePair('resume-ready'));
    const { migration } = scene;
    const spec = migration.spec();
    const first = await Execution.start(spec);
    const { progress: before } = await migration.standsReady(first);
    await first.stop();

    const second = await Execution.start(spec);
    await migration.reaches('has a new coordinator', second, ({ term }) => term === 2);
    await migration.approve(second);
    await closeScene(scene, second);
    const { progress } = await migration.status();
    expect([progress.copy, progress.verify]).toEqual([before.copy, before.verify]);
  });

  it('while fenced is given back to the source by a router, when nobody comes', async () => {
    const scene = await openScene(tablePair('resume-fenced'));
    const { migration } = scene;
    await stopWhileFenced(scene);
    await until('a router lifts the fence', async () => (await migration.route()).state === 'source', {
      seconds: 30,
    });
    await goesOn(scene);

    await closeScene(scene, await Execution.start(migration.spec()));
    expect((await migration.status()).term).toBe(2);
  });

  it('while fenced is given back to the source by its successor at once', async () => {
    const scene = await openScene(tablePair('resume-successor'));
    const { migration } = scene;
    await stopWhileFenced(scene);
    const { deadline = 0 } = await migration.route();

    const second = await Execution.start(migration.spec());
    await until('the fence is lifted', async () => (await migration.route()).state === 'source', MOMENT);
    expect(Date.now()).toBeLessThan(deadline);
    await closeScene(scene, second);
    expect((await migration.status()).term).toBe(2);
  });

  it('on its way back, while fenced, is given back to the target, and then goes back all the same', async () => {
    const scene = await openScene(tablePair('resume-back'));
    const { migration } = scene;
    const spec = migration.spec({ cutover: { complete: 'required' } });
    const first = await Execution.start(spec);
    await migration.approve(first);
    await migration.waitsForAPerson(first, 2);
    await migration.approveNow();
    await until('the route is fenced', async () => (await migration.route()).state === 'fenced', MOMENT);
    await first.stop();

    const second = await Execution.start(spec);
    await until('the fence is lifted', async () => (await migration.route()).state === 'target', MOMENT);
    await migration.reaches('is back on the source', second, ({ epoch }) => epoch === 3);
    await goesOn(scene);
    await migration.end();
    await closeScene(scene, second);
    expect(await migration.route()).toMatchObject({ state: 'source', final: true });
    expect((await migration.status()).term).toBe(2);
  });
});

async function stopWhileFenced({ migration }: Scene): Promise<void> {
  const execution = await Execution.start(migration.spec());
  await migration.approve(execution);
  await until('the route is fenced', async () => (await migration.route()).state === 'fenced', MOMENT);
  await execution.stop();
}
