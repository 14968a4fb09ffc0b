import { copyUnit } from '../../shared/engine/copy.ts';
import { cutoverStep, giveUp, takeOver } from '../../shared/engine/cutover.ts';
import type { AuditedMigration } from '../../shared/engine/migration.ts';
import { catchUp, standReady, type Turn } from '../../shared/engine/ready.ts';
import { sweepUnit } from '../../shared/engine/sweep.ts';
import { verifyUnit } from '../../shared/engine/verify.ts';
import { watchForStrays } from '../../shared/engine/watch.ts';
import { isNamed } from '../../shared/errors.ts';
import { itemText, withoutAttribute } from '../../shared/items.ts';
import type { Journal } from '../../shared/journal/journal.ts';
import { CUTOVER_STEPS, type UnitPhase } from '../../shared/phases.ts';
import type { RouteTable } from '../../shared/route.ts';
import { specIdentity } from '../../shared/spec.ts';
import { Ledger } from './ledger.ts';
import { KEYS, NAME, RESERVED, type SimulationResult, SPEC, Stage } from './stage.ts';
import { type Faults, USUAL_FAULTS } from './world/faults.ts';
import type { Mapping } from './world/mapping.ts';
import type { Task } from './world/task.ts';
import { write } from './writer.ts';

const INVOCATION_MILLISECONDS = 30_000;
/** Invocations that die or stand still in one schedule, at most. */
const MOST_DISTURBED = 4;
const MOST_EXECUTIONS = 8;

/** As usual, but slowness rarer: a cutover that meets a few seconds of it at each step would always be given up. */
const FAULTS: Faults = { ...USUAL_FAULTS, slowRequest: 0.002, slowAnswer: 0.004 };

export interface SimulationProps {
  readonly seed: number;
  readonly faults?: Faults;
}

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
  readonly #stage: Stage;
  readonly #seed: number;
  readonly #ledger = new Ledger();
  #mapping: Mapping | undefined;
  #stream = '';
  #finished = false;
  #chaosBudget: number;

  constructor(seed: number, faults: Faults) {
    this.#seed = seed;
    this.#stage = new Stage(seed, faults);
    this.#chaosBudget = this.#stage.random.int(0, MOST_DISTURBED);
  }

  async run(): Promise<SimulationResult> {
    const { world } = this.#stage;
    this.#watchEffects();
    await world.run((task) => this.#createRoute(task), 'operator');
    const writers = this.#stage.random.int(1, 3);
    for (let writer = 0; writer < writers; writer++) this.#spawnWriter(writer, writers);
    this.#spawnCoordinator(1);
    const ending = await world.scheduler.run();
    if (ending.kind === 'exhausted') this.#stage.count('undecided: too many steps');
    else if (ending.kind !== 'done')
      this.#stage.violations.push(`the world ended ${ending.kind}, waiting: ${ending.waiting.join(', ')}`);
    for (const { task, error } of ending.threw)
      this.#stage.violations.push(`${task} failed: ${String(error)}`);
    if (ending.kind === 'done' && this.#stage.violations.length === 0) this.#check();
    return this.#stage.result();
  }

  #check(): void {
    const target = new Map(
      this.#stage.world
        .table('target')
        .items()
        .map((item) => [item.id?.S, item]),
    );
    for (const item of target.values())
      if (RESERVED in item) this.#stage.violations.push(`reserved attribute left: ${itemText(item)}`);
    for (const key of KEYS) {
      const id = key.id?.S as string;
      const initial = this.#stage.initial.find((item) => item.id?.S === id);
      const allowed = this.#ledger.allowed(itemText(key), initial && itemText(initial));
      const found = target.get(id);
      const content = found && itemText(found);
      if (!allowed.has(content))
        this.#stage.violations.push(`${id} is ${content}, allowed: ${[...allowed].join(' or ')}`);
    }
    const late = this.#ledger.acceptedLate();
    if (late > 0)
      this.#stage.violations.push(
        `${late} writes were accepted by the source after the target had taken writes`,
      );
    const route = this.#stage.world.table('route').get({ name: { S: NAME }, sk: { S: 'route' } });
    if (route?.state?.S !== 'target') this.#stage.violations.push(`the route is ${route?.state?.S}`);
    this.#stage.coverage.acknowledged = this.#ledger.acknowledged;
  }

  #watchEffects(): void {
    let state = 'source';
    this.#stage.world.onWrite(({ table, key, before, after, actor }) => {
      if (actor.startsWith('writer') && (table === 'source' || table === 'target')) {
        this.#ledger.effect(table, actor, key, after && withoutAttribute(after, RESERVED));
        if (table === 'target' && state !== 'target')
          this.#stage.violations.push(`${actor} wrote the target while the route was ${state}`);
      }
      if (table === 'route' && key.sk?.S === 'route') {
        if (state === 'target')
          this.#stage.violations.push(`the route went back from target to ${after?.state?.S}`);
        state = after?.state?.S ?? 'missing';
        this.#stage.count(`route ${before?.state?.S ?? 'none'} → ${state}`);
      }
      if (
        table === 'target' &&
        after &&
        RESERVED in after &&
        state === 'target' &&
        !(before && RESERVED in before)
      )
        this.#stage.violations.push(`${actor} wrote a version to the target after the switch`);
    });
  }

  async #createRoute(task: Task): Promise<void> {
    const route = this.#stage.route(task);
    await route.create([{ source: 'source', target: 'target', keys: [{ name: 'id', type: 'S' }] }], RESERVED);
  }

  #spawnWriter(writer: number, writers: number): void {
    const keys = KEYS.filter((_, index) => index % writers === writer);
    let after = 0;
    this.#stage.world.scheduler.spawn(`writer ${writer}`, (task) =>
      write(task, {
        world: this.#stage.world,
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
    const scheduler = this.#stage.world.scheduler;
    const coordinator = scheduler.spawn(`execution ${execution}`, (task) =>
      this.#coordinate(task, `execution ${execution}`),
    );
    coordinator.whenEnded(() => {
      if (this.#finished) return;
      if (execution >= MOST_EXECUTIONS) this.#stage.violations.push('the migration did not end');
      else this.#spawnCoordinator(execution + 1);
    });
    if (execution < 4 && this.#stage.random.chance(0.4))
      coordinator.killAfter(this.#stage.random.int(0, 60_000));
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
    await journal.noteFact('plan', this.#stage.plan);
    return record.term;
  }

  async #capture(coordinator: Task): Promise<void> {
    if (this.#stream === '')
      this.#stream = await this.#invoke(coordinator, 'capture', (_journal, _route, task) =>
        this.#stage.capture(task),
      );
    this.#mapping ??= this.#stage.startApplier(this.#stream);
  }

  async #map(
    task: Task,
    term: number,
    phase: UnitPhase,
    work: (migration: AuditedMigration, unit: number) => Promise<{ readonly done: boolean }>,
  ): Promise<void> {
    for (let unit = 0; unit < this.#stage.plan.units; unit++) {
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
        this.#stage.count(`given up at ${step}`);
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
      const invocation = this.#stage.world.scheduler.spawn(
        name,
        async (task) => {
          result = { value: await work(this.#stage.journal(task), this.#stage.route(task), task) };
        },
        { background: true, timeoutMilliseconds: INVOCATION_MILLISECONDS },
      );
      this.#disturb(invocation);
      const until = coordinator.runtime.now() + INVOCATION_MILLISECONDS;
      while (
        !invocation.outcome &&
        coordinator.runtime.now() < until &&
        !(invocation.paused && this.#stage.random.chance(0.2))
      )
        await coordinator.runtime.sleep(20);
      if (result) return result.value;
      const { outcome } = invocation;
      this.#stage.count(outcome ? `invocation ${outcome.kind}` : 'invocation taken for dead');
      if (outcome?.kind === 'threw' && isNamed(outcome.error, 'PermanentError', 'LeaseLostError'))
        throw outcome.error;
      if (attempt >= attempts)
        throw outcome?.kind === 'threw' ? outcome.error : new Error(`${name} did not answer`);
      await coordinator.runtime.sleep(this.#stage.random.int(10, 500));
    }
  }

  #disturb(invocation: Task): void {
    if (this.#chaosBudget <= 0 || !this.#stage.random.chance(0.25)) return;
    this.#chaosBudget--;
    const at = this.#stage.random.int(0, 1_500);
    if (this.#stage.random.chance(0.4)) invocation.killAfter(at);
    else {
      const stop = this.#stage.world.scheduler.spawn(
        'chaos',
        async (task) => {
          await task.runtime.sleep(at);
          invocation.pause();
          await task.runtime.sleep(this.#stage.random.pick([500, 4_000, 20_000]));
          invocation.resume();
        },
        { background: true },
      );
      invocation.whenEnded(() => stop.kill());
    }
  }

  #migration(task: Task, term: number): AuditedMigration {
    return this.#stage.migration(task, { term, lifetime: INVOCATION_MILLISECONDS, stream: this.#stream });
  }
}
