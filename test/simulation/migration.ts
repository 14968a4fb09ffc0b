import { DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { applyChanges } from '../../shared/engine/apply.ts';
import { copyUnit } from '../../shared/engine/copy.ts';
import { cutoverStep, giveUp, takeOver } from '../../shared/engine/cutover.ts';
import type { AuditedMigration, Plan } from '../../shared/engine/migration.ts';
import { catchUp, standReady, type Turn } from '../../shared/engine/ready.ts';
import { sweepUnit } from '../../shared/engine/sweep.ts';
import { verifyUnit } from '../../shared/engine/verify.ts';
import { watchForStrays } from '../../shared/engine/watch.ts';
import { isNamed } from '../../shared/errors.ts';
import { itemText, withoutAttribute } from '../../shared/items.ts';
import { Journal } from '../../shared/journal/journal.ts';
import type { Item } from '../../shared/model.ts';
import { CUTOVER_STEPS, type UnitPhase } from '../../shared/phases.ts';
import { RouteTable } from '../../shared/route.ts';
import { parseSpec, specIdentity } from '../../shared/spec.ts';
import { dynamoDBStore } from '../../shared/stores/dynamodb.ts';
import { changeOfEvent, dynamoDBFeed } from '../../shared/stores/dynamodb-feed.ts';
import { reservedAttribute } from '../../shared/version.ts';
import { Ledger } from './ledger.ts';
import { type Faults, USUAL_FAULTS } from './world/faults.ts';
import type { Mapping } from './world/mapping.ts';
import { Random } from './world/random.ts';
import type { Task } from './world/task.ts';
import { World } from './world/world.ts';
import { write } from './writer.ts';

const NAME = 'm';
const RESERVED = reservedAttribute(NAME);
const SPEC = parseSpec({
  name: NAME,
  resources: [{ source: { table: 'source' }, target: { table: 'target' } }],
  backup: false,
  cutover: { approval: 'automatic', attempts: 20, routers: 0, watchSeconds: 5 },
});
const INVOCATION_MILLISECONDS = 30_000;

export interface SimulationProps {
  readonly seed: number;
  readonly faults?: Faults;
}

export interface SimulationResult {
  readonly violations: readonly string[];
  readonly trace: () => string[];
  readonly steps: number;
  readonly coverage: Readonly<Record<string, number>>;
}

/** As usual, but slowness rarer: a cutover that meets a few seconds of it at each step would always be given up. */
const FAULTS: Faults = { ...USUAL_FAULTS, slowRequest: 0.002, slowAnswer: 0.004 };

/**
 * Moves one small live table through the engine's own code, in one schedule: writers behind routers, workers,
 * applier, auditor and a coordinator, any of whom may die, stand still and go on later, with a successor at work.
 */
export async function simulateMigration({
  seed,
  faults = FAULTS,
}: SimulationProps): Promise<SimulationResult> {
  return new Simulation(seed, faults).run();
}

class Simulation {
  readonly #world: World;
  readonly #random: Random;
  readonly #seed: number;
  readonly #ledger = new Ledger();
  readonly #initial: readonly Item[];
  readonly #coverage: Record<string, number> = {};
  readonly #violations: string[] = [];
  readonly #plan: Plan;
  #mapping: Mapping | undefined;
  #stream = '';
  #finished = false;
  #chaosBudget: number;

  constructor(seed: number, faults: Faults) {
    this.#seed = seed;
    this.#random = new Random(seed).fork('simulation');
    this.#world = new World({
      seed,
      faults,
      scheduler: { skewMilliseconds: this.#random.pick([0, 0, 200]) },
    });
    this.#initial = Array.from({ length: this.#random.int(0, 6) }, (_, index) => ({
      id: { S: `k${index}` },
      ...(index % 3 === 2 ? {} : { v: { S: 'initial' } }),
    }));
    this.#plan = {
      resources: [
        {
          source: 'source',
          target: 'target',
          keys: [{ name: 'id', type: 'S' }],
          items: 6,
          bytes: 600,
          segments: this.#random.int(1, 2),
        },
      ],
      units: 0,
      workers: 2,
      estimate: { seconds: [0, 0], dollars: [0, 0], readUnits: [0, 0], writeUnits: [0, 0] },
      notes: [],
    };
    this.#plan = { ...this.#plan, units: this.#plan.resources[0]?.segments ?? 1 };
    this.#chaosBudget = this.#random.int(0, 4);
  }

  async run(): Promise<SimulationResult> {
    const world = this.#world;
    const id = { name: 'id', type: 'S' } as const;
    world.createTable({ name: 'source', partitionKey: id, items: this.#initial });
    world.createTable({ name: 'target', partitionKey: id });
    world.createTable({
      name: 'journal',
      partitionKey: { name: 'pk', type: 'S' },
      sortKey: { name: 'sk', type: 'S' },
    });
    world.createTable({
      name: 'route',
      partitionKey: { name: 'name', type: 'S' },
      sortKey: { name: 'sk', type: 'S' },
    });
    this.#watchEffects();
    await world.run((task) => this.#createRoute(task), 'operator');
    const writers = this.#random.int(1, 3);
    for (let writer = 0; writer < writers; writer++) this.#spawnWriter(writer, writers);
    this.#spawnCoordinator(1);
    const ending = await world.scheduler.run();
    if (ending.kind === 'exhausted') this.#count('undecided: too many steps');
    else if (ending.kind !== 'done')
      this.#violations.push(`the world ended ${ending.kind}, waiting: ${ending.waiting.join(', ')}`);
    for (const { task, error } of ending.threw) this.#violations.push(`${task} failed: ${String(error)}`);
    if (ending.kind === 'done' && this.#violations.length === 0) this.#check();
    return {
      violations: this.#violations,
      trace: () => world.trace(),
      steps: world.scheduler.steps,
      coverage: { ...this.#coverage, ...world.faultCounts },
    };
  }

  #check(): void {
    const target = new Map(
      this.#world
        .table('target')
        .items()
        .map((item) => [item.id?.S, item]),
    );
    for (const item of target.values())
      if (RESERVED in item) this.#violations.push(`reserved attribute left: ${itemText(item)}`);
    for (let index = 0; index < 9; index++) {
      const id = `k${index}`;
      const initial = this.#initial.find((item) => item.id?.S === id);
      const allowed = this.#ledger.allowed(itemText({ id: { S: id } }), initial && itemText(initial));
      const found = target.get(id);
      const content = found && itemText(found);
      if (!allowed.has(content))
        this.#violations.push(`${id} is ${content}, allowed: ${[...allowed].join(' or ')}`);
    }
    const late = this.#ledger.acceptedLate();
    if (late > 0)
      this.#violations.push(`${late} writes were accepted by the source after the target had taken writes`);
    const route = this.#world.table('route').get({ name: { S: NAME }, sk: { S: 'route' } });
    if (route?.state?.S !== 'target') this.#violations.push(`the route is ${route?.state?.S}`);
    this.#coverage.acknowledged = this.#ledger.acknowledged;
  }

  #watchEffects(): void {
    let state = 'source';
    this.#world.onWrite(({ table, key, before, after, actor }) => {
      if (actor.startsWith('writer') && (table === 'source' || table === 'target')) {
        this.#ledger.effect(table, actor, key, after && withoutAttribute(after, RESERVED));
        if (table === 'target' && state !== 'target')
          this.#violations.push(`${actor} wrote the target while the route was ${state}`);
      }
      if (table === 'route' && key.sk?.S === 'route') {
        if (state === 'target')
          this.#violations.push(`the route went back from target to ${after?.state?.S}`);
        state = after?.state?.S ?? 'missing';
        this.#count(`route ${before?.state?.S ?? 'none'} → ${state}`);
      }
      if (
        table === 'target' &&
        after &&
        RESERVED in after &&
        state === 'target' &&
        !(before && RESERVED in before)
      )
        this.#violations.push(`${actor} wrote a version to the target after the switch`);
    });
  }

  async #createRoute(task: Task): Promise<void> {
    const route = new RouteTable(this.#world.client(task), 'route', NAME, task.runtime);
    await route.create([{ source: 'source', target: 'target', keys: [{ name: 'id', type: 'S' }] }], RESERVED);
  }

  #spawnWriter(writer: number, writers: number): void {
    const keys = Array.from({ length: 9 }, (_, index) => index)
      .filter((index) => index % writers === writer)
      .map((index) => ({ id: { S: `k${index}` } }));
    let after = 0;
    this.#world.scheduler.spawn(`writer ${writer}`, (task) =>
      write(task, {
        world: this.#world,
        seed: String(this.#seed),
        keys,
        ledger: this.#ledger,
        goOn: () => !this.#finished || after++ < 2,
        thinkMilliseconds: 1_500,
      }),
    );
  }

  /** An execution of the workflow. When it dies, an operator starts the migration again. */
  #spawnCoordinator(execution: number): void {
    const scheduler = this.#world.scheduler;
    const coordinator = scheduler.spawn(`execution ${execution}`, (task) =>
      this.#coordinate(task, `execution ${execution}`),
    );
    coordinator.whenEnded(() => {
      if (this.#finished) return;
      if (execution >= 8) this.#violations.push('the migration did not end');
      else this.#spawnCoordinator(execution + 1);
    });
    if (execution < 4 && this.#random.chance(0.4)) coordinator.killAfter(this.#random.int(0, 60_000));
  }

  async #coordinate(task: Task, execution: string): Promise<void> {
    const term = await this.#invoke(task, 'validate', (journal, route) =>
      this.#begin(journal, route, execution),
    );
    await this.#capture(task);
    await this.#map(task, term, 'copy', copyUnit);
    await this.#poll(task, term, 'catch up', catchUp);
    await this.#map(task, term, 'verify', verifyUnit);
    for (;;) {
      await this.#poll(task, term, 'ready', (migration) => standReady(migration, async () => ['Enabled']));
      if (await this.#cutOver(task, term)) break;
    }
    await this.#poll(task, term, 'watch', watchForStrays);
    await this.#map(task, term, 'sweep', sweepUnit);
    this.#mapping?.remove();
    this.#finished = true;
  }

  async #begin(journal: Journal, route: RouteTable, execution: string): Promise<number> {
    const predecessor = (await journal.coordinator.read())?.execution;
    await journal.register({ identity: specIdentity(SPEC), spec: SPEC, createdAt: 0 });
    const record = await journal.coordinator.take(execution, predecessor);
    if (!record) throw new Error('another execution was faster');
    await takeOver({ journal, route });
    await journal.noteFact('plan', this.#plan);
    return record.term;
  }

  async #capture(coordinator: Task): Promise<void> {
    if (this.#stream === '') {
      this.#stream = await this.#invoke(coordinator, 'capture', async (journal, _route, task) => {
        const client = this.#world.client(task);
        for (;;) {
          const { Table } = await client.send(new DescribeTableCommand({ TableName: 'source' }));
          if (!Table?.StreamSpecification?.StreamEnabled)
            await client.send(
              new UpdateTableCommand({
                TableName: 'source',
                StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
              }),
            );
          else if (Table.TableStatus === 'ACTIVE') break;
          await task.runtime.sleep(200);
        }
        const { Table: enabled } = await client.send(new DescribeTableCommand({ TableName: 'source' }));
        await journal.gate.create(1);
        return enabled?.LatestStreamArn ?? '';
      });
    }
    this.#mapping ??= this.#world.mapping({
      name: 'apply',
      streamArn: this.#stream,
      timeoutMilliseconds: 10_000,
      startMilliseconds: 3_000,
      handler: (event, task) => {
        const migration = this.#migration(task, 0, 10_000);
        return applyChanges(
          migration,
          migration.resources[0] as AuditedMigration['resources'][number],
          event.Records.map(changeOfEvent),
        );
      },
    });
  }

  async #map(
    task: Task,
    term: number,
    phase: UnitPhase,
    work: (migration: AuditedMigration, unit: number) => Promise<{ readonly done: boolean }>,
  ): Promise<void> {
    for (let unit = 0; unit < this.#plan.units; unit++) {
      for (;;) {
        const { done } = await this.#invoke(task, `${phase} ${unit}`, (_journal, _route, self) =>
          work(this.#migration(self, term), unit),
        );
        if (done) break;
      }
    }
  }

  async #poll(
    task: Task,
    term: number,
    name: string,
    turn: (migration: AuditedMigration) => Promise<Turn>,
  ): Promise<void> {
    for (;;) {
      const { done, waitSeconds } = await this.#invoke(task, name, (_journal, _route, self) =>
        turn(this.#migration(self, term)),
      );
      if (done) return;
      await task.runtime.sleep(waitSeconds * 1000);
    }
  }

  /** @returns whether the switch was made. */
  async #cutOver(task: Task, term: number): Promise<boolean> {
    for (const step of CUTOVER_STEPS) {
      try {
        await this.#invoke(
          task,
          step,
          (_journal, _route, self) => cutoverStep(this.#migration(self, term), step),
          1,
        );
      } catch (error) {
        this.#count(`given up at ${step}`);
        const { kind } = await this.#invoke(task, 'lift', (_journal, _route, self) =>
          giveUp(this.#migration(self, term), String(error)),
        );
        return kind === 'switched';
      }
    }
    return true;
  }

  /**
   * One invocation of a function: a process of its own, which may die, or be taken for dead and go on later. A task
   * of the workflow retries what was thrown; what no retry cures ends the execution.
   */
  async #invoke<T>(
    coordinator: Task,
    name: string,
    work: (journal: Journal, route: RouteTable, task: Task) => Promise<T>,
    attempts = 30,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      let result: { readonly value: T } | undefined;
      const invocation = this.#world.scheduler.spawn(
        name,
        async (task) => {
          result = { value: await work(this.#journal(task), this.#route(task), task) };
        },
        { background: true, timeoutMilliseconds: INVOCATION_MILLISECONDS },
      );
      this.#disturb(invocation);
      const until = coordinator.runtime.now() + INVOCATION_MILLISECONDS;
      while (
        !invocation.outcome &&
        coordinator.runtime.now() < until &&
        !(invocation.paused && this.#random.chance(0.2))
      )
        await coordinator.runtime.sleep(20);
      if (result) return result.value;
      const { outcome } = invocation;
      this.#count(outcome ? `invocation ${outcome.kind}` : 'invocation taken for dead');
      if (outcome?.kind === 'threw' && isNamed(outcome.error, 'PermanentError', 'LeaseLostError'))
        throw outcome.error;
      if (attempt >= attempts)
        throw outcome?.kind === 'threw' ? outcome.error : new Error(`${name} did not answer`);
      await coordinator.runtime.sleep(this.#random.int(10, 500));
    }
  }

  #disturb(invocation: Task): void {
    if (this.#chaosBudget <= 0 || !this.#random.chance(0.25)) return;
    this.#chaosBudget--;
    const at = this.#random.int(0, 1_500);
    if (this.#random.chance(0.4)) invocation.killAfter(at);
    else {
      const stop = this.#world.scheduler.spawn(
        'chaos',
        async (task) => {
          await task.runtime.sleep(at);
          invocation.pause();
          await task.runtime.sleep(this.#random.pick([500, 4_000, 20_000]));
          invocation.resume();
        },
        { background: true },
      );
      invocation.whenEnded(() => stop.kill());
    }
  }

  #journal(task: Task): Journal {
    return new Journal(this.#world.client(task), 'journal', NAME, task.runtime);
  }

  #route(task: Task): RouteTable {
    return new RouteTable(this.#world.client(task), 'route', NAME, task.runtime);
  }

  #migration(task: Task, term: number, lifetime = INVOCATION_MILLISECONDS): AuditedMigration {
    const client = this.#world.client(task);
    const side = (table: string) =>
      dynamoDBStore({ client, runtime: task.runtime, table, keyNames: ['id'], reserved: RESERVED });
    const deadline = task.runtime.now() + lifetime;
    return {
      name: NAME,
      spec: SPEC,
      plan: this.#plan,
      term,
      resources: [{ index: 0, source: side('source'), target: side('target') }],
      journal: this.#journal(task),
      route: this.#route(task),
      runtime: task.runtime,
      deadline,
      handoverAt: deadline - lifetime * 0.2,
      feeds: [{ stream: this.#stream, feed: dynamoDBFeed(this.#world.streamsClient(task), this.#stream) }],
    };
  }

  #count(what: string): void {
    this.#coverage[what] = (this.#coverage[what] ?? 0) + 1;
  }
}
