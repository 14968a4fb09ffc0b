import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { copyUnit } from '../../shared/engine/copy.ts';
import { verifyUnit } from '../../shared/engine/verify.ts';
import { itemText, withoutAttribute } from '../../shared/items.ts';
import type { Item } from '../../shared/model.ts';
import { parseVersion } from '../../shared/version.ts';
import { KEYS, RESERVED, type SimulationResult, Stage } from './stage.ts';
import { type Faults, USUAL_FAULTS } from './world/faults.ts';
import type { Task } from './world/task.ts';

const WRITES = 12;
const INVOCATION_MILLISECONDS = 20_000;
const ATTEMPTS = 60;

/**
 * Copies and follows one small table in one schedule, without a cutover: copiers, zombies among them, applier and
 * repairs against writers that write the source directly. When everything has arrived, both sides are equal.
 */
export async function simulateDataPath(
  seed: number,
  faults: Faults = USUAL_FAULTS,
): Promise<SimulationResult> {
  const stage = new Stage(seed, faults);
  const { world } = stage;
  let writing = stage.random.int(1, 2);
  for (let writer = 0, count = writing; writer < count; writer++) {
    world.scheduler.spawn(`writer ${writer}`, async (task) => {
      await writeSource(stage, task);
      writing--;
    });
  }
  world.scheduler.spawn('workflow', async (task) => {
    let stream = '';
    await invoke(stage, task, 'capture', async (self) => {
      stream = await stage.capture(self);
      return { done: true };
    });
    const mapping = stage.startApplier(stream);
    for (let unit = 0; unit < stage.plan.units; unit++)
      await invoke(stage, task, `copy ${unit}`, (self) => copyUnit(migration(stage, self), unit));
    for (let unit = 0; unit < stage.plan.units; unit++)
      await invoke(stage, task, `verify ${unit}`, (self) => verifyUnit(migration(stage, self), unit));
    // Late effects of the last writes come within their time, and bring records of their own.
    while (writing > 0) await task.runtime.sleep(500);
    await task.runtime.sleep(6_000);
    while (!mapping.idle) await task.runtime.sleep(500);
    mapping.remove();
  });
  const ending = await world.scheduler.run();
  if (ending.kind !== 'done')
    stage.violations.push(`the world ended ${ending.kind}, waiting: ${ending.waiting.join(', ')}`);
  for (const { task, error } of ending.threw) stage.violations.push(`${task} failed: ${String(error)}`);
  compare(stage);
  return stage.result();
}

function compare(stage: Stage): void {
  const contents = (table: string) =>
    new Map(
      stage.world
        .table(table)
        .items()
        .filter(isNoTombstone)
        .map((item) => [item.id?.S, itemText(withoutAttribute(item, RESERVED))]),
    );
  const [source, target] = [contents('source'), contents('target')];
  for (const id of new Set([...source.keys(), ...target.keys()]))
    if (source.get(id) !== target.get(id))
      stage.violations.push(`${id} is ${target.get(id)} on the target, ${source.get(id)} on the source`);
  stage.coverage.equal = source.size;
}

function isNoTombstone(item: Item): boolean {
  return parseVersion(item[RESERVED]?.S ?? '')?.kind !== 'tombstone';
}

function migration(stage: Stage, task: Task) {
  return stage.migration(task, { term: 1, lifetime: INVOCATION_MILLISECONDS });
}

/** Invokes a worker until its unit is done. Some invocations die, some stand still while their successor is at work. */
async function invoke(
  stage: Stage,
  workflow: Task,
  name: string,
  work: (task: Task) => Promise<{ readonly done: boolean }>,
): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    let done = false;
    const invocation = stage.world.scheduler.spawn(
      name,
      async (task) => {
        done = (await work(task)).done;
      },
      { background: true, timeoutMilliseconds: INVOCATION_MILLISECONDS },
    );
    if (stage.random.chance(0.1)) invocation.killAfter(stage.random.int(0, 200));
    await workflow.join(invocation);
    if (done) return;
    await workflow.runtime.sleep(500);
  }
  throw new Error(`${name} was never done`);
}

async function writeSource(stage: Stage, task: Task): Promise<void> {
  const client = stage.world.client(task);
  for (let count = 1; count <= WRITES; count++) {
    const key = KEYS[Math.floor(task.runtime.random() * KEYS.length)] as Item;
    const remove = task.runtime.random() < 0.3;
    // What an attempt did is known from the table itself at the end: an error needs no answer here.
    await (remove
      ? client.send(new DeleteItemCommand({ TableName: 'source', Key: key }))
      : client.send(
          new PutItemCommand({ TableName: 'source', Item: { ...key, v: { S: `${task.name} ${count}` } } }),
        )
    ).catch(() => stage.count('write without an answer'));
    if (task.runtime.random() < 0.4) await task.runtime.sleep(1_000 * task.runtime.random());
  }
}
