import { isNamed } from '../../../shared/errors.ts';
import type { Stage } from '../stage.ts';
import type { Task } from '../world/task.ts';
import { Invocations } from './invocations.ts';
import { steerAtTimes } from './steersman.ts';
import { Workflow } from './workflow.ts';

const MOST_EXECUTIONS = 10;
/** More than a stream keeps. */
const LATE_MILLISECONDS = 25 * 3_600_000;
const LONGEST_THOUGHT_MILLISECONDS = 20_000;
const LATEST_POSTPONEMENT_MILLISECONDS = 40_000;
const LONGEST_POSTPONEMENT_MILLISECONDS = 30_000;
/** Changes may have been lost to the migration: it must not go on, and the source stays the truth. */
const TOO_LATE = /are gone|may be gone|is gone|was disabled or replaced|maxVerifyAge/;

/** Who deploys, starts executions of the workflow, starts them again when they have died, and approves. */
export class Operator {
  /** The migration is complete. */
  finished = false;
  /** Nobody will start it again. */
  gone = false;
  readonly #stage: Stage;
  readonly #invocations: Invocations;
  readonly #ended: () => void;
  #executions = 0;
  #refusals = 0;
  #wasLate = false;

  /** @param ended called once the migration is complete or given up for good. */
  constructor(stage: Stage, ended: () => void) {
    this.#stage = stage;
    this.#ended = ended;
    this.#invocations = new Invocations(stage);
    stage.deployApplier((invocation) => this.#invocations.disturb(invocation, 'apply'));
  }

  /** Starts the first execution, and with it what else an operator does. */
  begin(): void {
    const { scheduler } = this.#stage.world;
    const { operator, postpones, steers } = this.#stage.setting;
    if (steers)
      scheduler.spawn('steersman', (task) =>
        steerAtTimes(task, this.#stage, () => this.finished || this.gone),
      );
    if (postpones) scheduler.spawn('postponer', (task) => this.#postpone(task));
    scheduler.spawn('operator', async (task) => {
      this.#start();
      if (operator === 'starts twice') await this.#startTwice(task);
      await this.#steer(task);
    });
  }

  #start(): Task {
    const execution = `execution ${++this.#executions}`;
    this.#stage.running.add(execution);
    const task = this.#stage.world.scheduler.spawn(
      execution,
      async (self) => {
        const workflow = new Workflow(this.#stage, this.#invocations, self, execution);
        await workflow.validate();
        if ((await workflow.copy()) && (await workflow.compare())) await workflow.move();
        await workflow.finish();
        this.finished = true;
      },
      { background: true },
    );
    task.whenEnded(() => {
      this.#stage.running.delete(execution);
      const { outcome } = task;
      if (outcome?.kind === 'threw') this.#judge(execution, outcome.error);
      this.#followUp();
    });
    return task;
  }

  #judge(execution: string, error: unknown): void {
    if (isNamed(error, 'InvalidInputError', 'LeaseLostError')) return;
    if (
      (this.#wasLate || this.#stage.streamReplaced) &&
      isNamed(error, 'PermanentError', 'ChangesGoneError') &&
      TOO_LATE.test(String(error))
    ) {
      this.#stage.count(
        this.#stage.streamReplaced ? 'refused a stream that was replaced' : 'came back too late',
      );
      // Tried once more by somebody who has not read the error: it must be refused again.
      this.gone = ++this.#refusals > 1;
    } else this.#stage.violate(`${execution} failed: ${String(error)}`);
  }

  #followUp(): void {
    if (this.finished || this.gone) this.#end();
    if (this.finished || this.gone || this.#stage.running.size > 0) return;
    const { setting, world } = this.#stage;
    if (setting.operator === 'leaves') {
      this.#stage.count('operator left');
      this.gone = true;
      this.#end();
      return;
    }
    if (setting.operator === 'comes back late' && !this.#wasLate) {
      this.#wasLate = true;
      world.scheduler.leap(LATE_MILLISECONDS);
    }
    if (this.#executions >= MOST_EXECUTIONS) this.#stage.violate('the migration did not end');
    else this.#start();
  }

  #end(): void {
    this.#stage.moments.end();
    this.#ended();
  }

  async #startTwice(task: Task): Promise<void> {
    await task.runtime.sleep(this.#stage.random.int(0, 40_000));
    if (this.finished) return;
    this.#stage.count('started twice');
    this.#start();
  }

  async #postpone(task: Task): Promise<void> {
    const { random } = this.#stage;
    await task.runtime.sleep(random.int(0, LATEST_POSTPONEMENT_MILLISECONDS));
    if (this.finished || this.gone) return;
    const at = task.runtime.now();
    const { controls } = this.#stage.journal(task);
    await controls
      .postpone({
        by: 'operator',
        at,
        until: at + random.int(0, LONGEST_POSTPONEMENT_MILLISECONDS),
        epoch: 1,
      })
      .then(
        () => this.#stage.count('postponed'),
        () => this.#stage.count('postponed without an answer'),
      );
  }

  /** Approves each switch that is wanted, the way back included, and ends the migration after the last one. */
  async #steer(task: Task): Promise<void> {
    const { random, setting } = this.#stage;
    for (;;) {
      await task.runtime.sleep(random.int(0, LONGEST_THOUGHT_MILLISECONDS));
      if (this.finished || this.gone) return;
      await this.#say(task, setting).catch(() => undefined);
    }
  }

  async #say(
    task: Task,
    { switches, approval, endsByItself, policyChanges }: Stage['setting'],
  ): Promise<void> {
    const said = { by: 'operator', at: task.runtime.now() };
    const journal = await this.#stage.journal(task).atPresent();
    const { epoch, coordinator, gate } = journal;
    const wantsMore = epoch <= switches;
    // Without a way back there is nothing to be approved any more.
    if (wantsMore && !(await gate.read()).sealed) {
      // Who has seen what somebody else has done to a policy says that it is all right.
      const changed = policyChanges > 0 && (await journal.policies.all()).some((policy) => policy.changed);
      if (epoch > 1 || approval || changed) await coordinator.approve(said);
    } else if (wantsMore || epoch % 2 === 1 || !endsByItself) await coordinator.end(said);
  }
}
