import { describe, expect, it } from 'vitest';
import type { Application } from '../../infra/local/application.ts';
import { cityItems } from '../../infra/local/cities.ts';
import { createTable, loadItems } from '../../infra/local/city-table.ts';
import type { Item } from '../../infra/local/item-text.ts';
import { dynamodb } from './aws.ts';
import { Execution } from './execution.ts';
import { contentOf, count, harm, NO_HARM } from './look.ts';
import { TestMigration } from './migration.ts';
import { type TablePair, tablePair } from './tables.ts';
import { until } from './until.ts';

/** A moment that is over in a second or two. */
const MOMENT = { everyMilliseconds: 20 };

const ITEMS = 400;

/** A migration, the live application of its first table, and the execution that is to be stopped. */
interface Scene {
  readonly migration: TestMigration;
  readonly seeded: readonly Item[];
  readonly application: Application;
  readonly spec: object;
  readonly execution: Execution;
}

async function begin(pair: TablePair, ...more: readonly TablePair[]): Promise<Scene> {
  const seeded = await cityItems(ITEMS);
  await createTable(dynamodb, pair.source);
  await loadItems(dynamodb, pair.source, seeded);
  const migration = new TestMigration(pair.source, pair, ...more);
  await migration.createBriefRoute();
  const application = migration.startApplication(pair, seeded);
  const spec = migration.spec();
  return { migration, seeded, application, spec, execution: await Execution.start(spec) };
}

/** Lets the second execution finish and the application stop, and counts. */
async function finish({ migration, seeded, application }: Scene, second: Execution): Promise<void> {
  await second.succeeded();
  const ledger = await application.stop();
  const { switched, term } = await migration.status();
  const [pair] = migration.pairs as [TablePair];
  expect(harm(await count({ pair, ledger, seeded, switchedAt: switched?.switchedAt }))).toEqual(NO_HARM);
  expect(ledger.acknowledged).toBeGreaterThan(100);
  expect(term).toBe(2);
}

async function stopWhileFenced({ migration, execution }: Scene): Promise<void> {
  await migration.approve(execution);
  await until('the route is fenced', async () => (await migration.route()).state === 'fenced', MOMENT);
  await execution.stop();
}

/** Each is stopped with StopExecution and started again with the same spec. */
describe.concurrent('a migration that is stopped', () => {
  it('in the middle of the copy goes on with the units that are not done', async () => {
    const large = tablePair('resume-copy-large');
    await createTable(dynamodb, large.source);
    await loadItems(dynamodb, large.source, await cityItems(9_000));
    const scene = await begin(tablePair('resume-copy'), large);
    const { migration, spec, execution } = scene;
    const units = () => migration.journal.units.records('copy', 3);

    const [before] = await until(
      'the small table is copied and the large one is not',
      async () => {
        const records = await units();
        return records[0]?.done && records.some((unit) => !unit?.done) && records;
      },
      MOMENT,
    );
    await execution.stop();

    const second = await Execution.start(spec);
    await migration.approve(second);
    await finish(scene, second);

    const after = await units();
    expect(after.map((unit) => unit?.done)).toEqual([true, true, true]);
    // The unit that was done keeps what its first worker has counted: nobody has read it again.
    expect(after[0]?.counts).toEqual(before?.counts);
    expect(await contentOf(large.target)).toEqual(await contentOf(large.source));
  });

  it('at ready waits for its approval again, and neither copies nor compares anew', async () => {
    const scene = await begin(tablePair('resume-ready'));
    const { migration, spec, execution } = scene;
    await migration.reaches('stands ready', execution, ({ awaitsApproval }) => awaitsApproval);
    await execution.stop();
    const { progress: before } = await migration.status();

    const second = await Execution.start(spec);
    await migration.reaches('has a new coordinator', second, ({ term }) => term === 2);
    await migration.approve(second);
    await finish(scene, second);

    const { progress } = await migration.status();
    expect([progress.copy, progress.verify]).toEqual([before.copy, before.verify]);
  });

  it('while fenced is given back to the source by a router, when nobody comes', async () => {
    const scene = await begin(tablePair('resume-fenced'));
    const { migration, spec, application } = scene;
    await stopWhileFenced(scene);
    await until('a router lifts the fence', async () => (await migration.route()).state === 'source', {
      seconds: 30,
    });
    const { acknowledged } = application.live();
    await until('writers go on', async () => application.live().acknowledged > acknowledged);
    expect(application.live().failed).toBe(0);

    await finish(scene, await Execution.start(spec));
  });

  it('while fenced is given back to the source by its successor at once', async () => {
    const scene = await begin(tablePair('resume-successor'));
    const { migration, spec } = scene;
    await stopWhileFenced(scene);
    const { deadline = 0 } = await migration.route();

    const second = await Execution.start(spec);
    await until('the fence is lifted', async () => (await migration.route()).state === 'source', MOMENT);
    expect(Date.now()).toBeLessThan(deadline);

    await finish(scene, second);
  });
});
