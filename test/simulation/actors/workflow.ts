import { completeMigration } from '../../../shared/engine/complete.ts';
import { copyUnit } from '../../../shared/engine/copy.ts';
import { cutoverStep, giveUp } from '../../../shared/engine/cutover.ts';
import { type UnitsLeft, unitsLeft } from '../../../shared/engine/left.ts';
import type { UnitMigration } from '../../../shared/engine/migration.ts';
import { captureOn, mappingStates } from '../../../shared/engine/prepare.ts';
import { catchUp, standReady, type Turn } from '../../../shared/engine/ready.ts';
import { sweepUnit } from '../../../shared/engine/sweep.ts';
import type { UnitAnswer } from '../../../shared/engine/unit.ts';
import { validate } from '../../../shared/engine/validate.ts';
import { verifyUnit } from '../../../shared/engine/verify.ts';
import { watchForStrays } from '../../../shared/engine/watch.ts';
import { InvalidInputError } from '../../../shared/errors.ts';
import { CUTOVER_STEPS, type UnitPhase } from '../../../shared/phases.ts';
import { assertNoise } from '../invariants/drain.ts';
import { assertLifted } from '../invariants/route.ts';
import type { DisturbedInvocation } from '../setting.ts';
import { APPLIER, type Stage } from '../stage.ts';
import type { Task } from '../world/task.ts';
import type { Invocations } from './invocations.ts';

/** A workflow may wait longer between two turns than it was told to. */
const PATIENCE = [1, 1, 3, 8] as const;

/** One execution of the workflow: the phases in their order, each an invocation or several. */
export class Workflow {
  readonly #stage: Stage;
  readonly #invocations: Invocations;
  readonly #task: Task;
  readonly #execution: string;
  #term = 0;

  constructor(stage: Stage, invocations: Invocations, task: Task, execution: string) {
    this.#stage = stage;
    this.#invocations = invocations;
    this.#task = task;
    this.#execution = execution;
  }

  /** @throws InvalidInputError when the migration is refused: another execution runs it. */
  async validate(): Promise<void> {
    const stage = this.#stage;
    const validated = await this.#invoke('validate', (task) =>
      validate({
        input: stage.spec,
        execution: this.#execution,
        account: '000000000000',
        region: 'us-east-1',
        allowed: { sources: ['source'], targets: ['target'] },
        look: stage.account(task),
        alarmFires: async () => undefined,
        runtime: task.runtime,
        journalOf: () => stage.journal(task),
        routeOf: () => stage.route(task),
        storeOf: (table) => stage.store(task, table),
      }),
    );
    if (validated.kind === 'refused') throw new InvalidInputError('the migration', validated.problems);
    this.#term = validated.term;
    stage.term = Math.max(stage.term, validated.term);
  }

  /** Capture and copy: with the changes they converge on their own. */
  async copy(): Promise<void> {
    await this.#turns('capture', (task) =>
      captureOn(this.#stage.migration(task, this.#term), this.#stage.account(task), {
        bindings: this.#stage.bindings(task),
        applier: APPLIER,
      }),
    );
    await this.#units('copy', copyUnit);
  }

  async compare(): Promise<void> {
    await this.catchUp();
    await this.#units('verify', verifyUnit);
  }

  async catchUp(): Promise<void> {
    await this.#turns('catch up', async (task) => catchUp(await this.#stage.audited(task, this.#term)));
  }

  async cutOver(): Promise<void> {
    do {
      await this.#turns('ready', async (task) => {
        const migration = await this.#stage.audited(task, this.#term);
        return standReady(migration, () => mappingStates(migration, this.#stage.account(task)));
      });
    } while (!(await this.#switch()));
  }

  async finish(): Promise<void> {
    await this.#turns('watch', async (task) => watchForStrays(await this.#stage.audited(task, this.#term)));
    await this.#units('sweep', sweepUnit);
    await this.#turns('complete', (task) =>
      completeMigration(this.#stage.migration(task, this.#term), this.#stage.account(task)),
    );
  }

  /** The steps of one cutover. @returns whether the switch was made. */
  async #switch(): Promise<boolean> {
    for (const step of CUTOVER_STEPS) {
      try {
        await this.#invoke(
          step,
          async (task) => cutoverStep(await this.#stage.audited(task, this.#term), step),
          1,
        );
      } catch (error) {
        this.#stage.count(`given up at ${step}`);
        if (/did not fall silent/.test(String(error))) assertNoise(this.#stage);
        const { kind } = await this.#invoke('lift', async (task) =>
          giveUp(await this.#stage.audited(task, this.#term), String(error)),
        );
        if (kind === 'lifted') assertLifted(this.#stage);
        return kind === 'switched';
      }
    }
    return true;
  }

  async #units(
    phase: UnitPhase,
    work: (migration: UnitMigration, unit: number) => Promise<UnitAnswer>,
  ): Promise<void> {
    for (let left = await this.#left(phase); left; left = await this.#left(phase)) {
      const { units, ...run } = left;
      for (const number of units) {
        const once = (task: Task) => work(this.#stage.worker(task, this.#term, phase, run), number);
        for (let stays = true; stays; ) {
          const { done, aside } = await this.#invocations.invoke(this.#task, {
            kind: phase,
            term: this.#term,
            number,
            work: once,
          });
          if (aside) this.#stage.count('stood aside');
          stays = !done && !aside;
        }
      }
    }
  }

  /** Waits while the migration is paused. @returns undefined once every unit is done. */
  async #left(phase: UnitPhase): Promise<UnitsLeft | undefined> {
    let left: UnitsLeft | undefined;
    await this.#turns('units left', async (task) => {
      const answer = await unitsLeft(await this.#stage.audited(task, this.#term), phase);
      left = 'kind' in answer ? answer : undefined;
      return 'kind' in answer ? { done: true, waitSeconds: 0 } : answer;
    });
    return left;
  }

  async #turns(kind: DisturbedInvocation, turn: (task: Task) => Promise<Turn>): Promise<void> {
    for (;;) {
      const { done, waitSeconds } = await this.#invoke(kind, turn);
      if (done) return;
      await this.#task.runtime.sleep(waitSeconds * 1_000 * this.#stage.random.pick(PATIENCE));
    }
  }

  #invoke<T>(kind: DisturbedInvocation, work: (task: Task) => Promise<T>, attempts?: number): Promise<T> {
    return this.#invocations.invoke(this.#task, {
      kind,
      term: this.#term,
      work,
      ...(attempts ? { attempts } : {}),
    });
  }
}
