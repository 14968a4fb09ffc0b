import { completeMigration } from '../../../shared/engine/complete.ts';
import { copyUnit } from '../../../shared/engine/copy.ts';
import { cutoverStep, giveUp } from '../../../shared/engine/cutover.ts';
import { type UnitsLeft, unitsLeft } from '../../../shared/engine/left.ts';
import type { UnitMigration } from '../../../shared/engine/migration.ts';
import { captureOn, mappingStates, prepareWayBack } from '../../../shared/engine/prepare.ts';
import { catchUp, type StandByTurn, standBy } from '../../../shared/engine/stand-by.ts';
import { sweepUnit } from '../../../shared/engine/sweep.ts';
import type { Turn } from '../../../shared/engine/turn.ts';
import type { UnitAnswer } from '../../../shared/engine/unit.ts';
import { validate } from '../../../shared/engine/validate.ts';
import { verifyUnit } from '../../../shared/engine/verify.ts';
import { InvalidInputError } from '../../../shared/errors.ts';
import { cutoverSteps, type StandByPhase, standByPhase, type UnitPhase } from '../../../shared/phases.ts';
import { forTables } from '../../for-tables.ts';
import { assertNoise } from '../invariants/drain.ts';
import { assertLifted } from '../invariants/route.ts';
import type { DisturbedInvocation } from '../setting.ts';
import { SMOKE_TEST } from '../smoke-tests.ts';
import type { Stage } from '../stage.ts';
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
        region: 'us-east-1',
        look: stage.account(task),
        problems: stage.problems(task),
        resourcePolicies: true,
        alarmFires: async () => undefined,
        smokeTests: [SMOKE_TEST],
        runtime: task.runtime,
        journalOf: () => stage.journal(task),
        routeOf: () => stage.route(task),
      }),
    );
    if (validated.kind === 'refused') throw new InvalidInputError('the migration', validated.problems);
    this.#term = validated.term;
    stage.term = Math.max(stage.term, validated.term);
  }

  /** Capture and copy: with the changes they converge on their own. @returns false when the end is next. */
  async copy(): Promise<boolean> {
    const captured = await this.#goesOn('capture', async (task) =>
      captureOn(await this.#stage.migration(task, this.#term), this.#captureProps(task)),
    );
    return captured && this.#units('copy', copyUnit);
  }

  /** @returns false when the end is next. */
  async compare(): Promise<boolean> {
    return (await this.catchUp()) && this.#units('verify', verifyUnit);
  }

  /** @returns false when the end is next. */
  catchUp(): Promise<boolean> {
    return this.#goesOn('catch up', async (task) => catchUp(await this.#stage.audited(task, this.#term)));
  }

  /** Cuts over, as often and in whichever direction a person asks for it, until the migration is to end. */
  async move(): Promise<void> {
    const prepared = await this.#goesOn('way back', async (task) =>
      prepareWayBack(await this.#stage.migration(task, this.#term), this.#captureProps(task)),
    );
    if (!prepared) return;
    for (let phase: StandByPhase = 'ready'; ; ) {
      const { next, epoch, standBy }: StandByTurn = await this.#standBy(phase);
      if (next === 'end') return;
      if (next === 'policy') {
        await this.#policy();
        phase = standBy ?? phase;
      } else phase = next === 'cutover' ? await this.#cutOver(epoch) : next;
    }
  }

  #standBy(phase: StandByPhase): Promise<StandByTurn> {
    return this.#turns(phase, async (task) => {
      const migration = await this.#stage.audited(task, this.#term);
      const captures = this.#stage.captures(task);
      return standBy(migration, phase, {
        mappings: () => mappingStates(migration, captures),
        // The modelled AWS has no metrics.
        targets: async () => [],
        uploads: async () => [],
      });
    });
  }

  async #policy(): Promise<void> {
    await this.#turns('policy', (task) => this.#stage.policyTurn(task, this.#term));
  }

  async finish(): Promise<void> {
    if (this.#stage.setting.fence !== 'none') await this.#policy();
    await this.#units('sweep', sweepUnit);
    await this.#turns('complete', async (task) =>
      completeMigration(await this.#stage.migration(task, this.#term), this.#captureProps(task)),
    );
  }

  /** The steps of one cutover. @returns where the workflow stands by after it. */
  async #cutOver(epoch: number): Promise<StandByPhase> {
    for (const step of cutoverSteps(this.#stage.spec)) {
      try {
        await this.#invoke(
          step,
          async (task) => cutoverStep(await this.#stage.audited(task, this.#term), step, epoch),
          1,
        );
      } catch (error) {
        this.#stage.count(`given up at ${step}`);
        if (/did not fall silent/.test(String(error))) assertNoise(this.#stage);
        const given = await this.#invoke('lift', async (task) =>
          giveUp(await this.#stage.audited(task, this.#term), String(error), epoch),
        );
        if (given.kind === 'lifted') assertLifted(this.#stage);
        return given.standBy;
      }
    }
    return standByPhase(epoch + 1);
  }

  #captureProps(task: Task) {
    return {
      bindings: forTables(this.#stage.bindings(task)),
      captures: this.#stage.captures(task),
      uploads: {},
    };
  }

  /** @returns false when the end is next. */
  async #units(
    phase: UnitPhase,
    work: (migration: UnitMigration, unit: number) => Promise<UnitAnswer>,
  ): Promise<boolean> {
    for (;;) {
      const left = await this.#left(phase);
      if (!('units' in left)) {
        if (endsNow(left)) this.#stage.count(`ended at ${phase}`);
        return !endsNow(left);
      }
      const { units, ...run } = left;
      for (const number of units) {
        const once = async (task: Task) =>
          work(await this.#stage.worker(task, this.#term, phase, run), number);
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

  /** Waits while the migration is paused. @returns what is to be done now, or that nothing is. */
  #left(phase: UnitPhase): Promise<Turn | (UnitsLeft & Turn)> {
    return this.#turns('units left', async (task) => {
      const answer = await unitsLeft(await this.#stage.audited(task, this.#term), phase);
      return 'kind' in answer ? { ...answer, done: true, waitSeconds: 0 } : answer;
    });
  }

  async #goesOn(kind: DisturbedInvocation, turn: (task: Task) => Promise<Turn>): Promise<boolean> {
    const ended = endsNow(await this.#turns(kind, turn));
    if (ended) this.#stage.count(`ended at ${kind}`);
    return !ended;
  }

  async #turns<T extends Turn>(kind: DisturbedInvocation, turn: (task: Task) => Promise<T>): Promise<T> {
    for (;;) {
      const answer = await this.#invoke(kind, turn);
      if (answer.done) return answer;
      await this.#task.runtime.sleep(answer.waitSeconds * 1_000 * this.#stage.random.pick(PATIENCE));
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

/** A person has ended the migration before it came to stand by. */
function endsNow(turn: Turn): boolean {
  return 'next' in turn && turn.next === 'end';
}
