import { isNamed } from '../../../shared/errors.ts';
import type { Stage } from '../stage.ts';
import type { Task } from '../world/task.ts';
import { Invocations } from './invocations.ts';
import { Workflow } from './workflow.ts';

const MOST_EXECUTIONS = 10;

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
    const { operator, approval } = this.#stage.setting;
    scheduler.spawn('operator', async (task) => {
      this.#start();
      if (operator === 'starts twice') await this.#startTwice(task);
      if (approval) await this.#approve(task);
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
        await workflow.copy();
        await workflow.cutOver();
        await workflow.finish();
        this.finished = true;
      },
      { background: true },
    );
    task.whenEnded(() => {
      this.#stage.running.delete(execution);
      const { outcome } = task;
      if (outcome?.kind === 'threw' && !isNamed(outcome.error, 'InvalidInputError', 'LeaseLostError'))
        this.#stage.violate(`${execution} failed: ${String(outcome.error)}`);
      this.#followUp();
    });
    return task;
  }

  #followUp(): void {
    if (this.finished || this.#stage.running.size > 0 || this.gone) {
      if (this.finished) this.#ended();
      return;
    }
    if (this.#stage.setting.operator === 'leaves') {
      this.#stage.count('operator left');
      this.gone = true;
      this.#ended();
    } else if (this.#executions >= MOST_EXECUTIONS) this.#stage.violate('the migration did not end');
    else this.#start();
  }

  async #startTwice(task: Task): Promise<void> {
    await task.runtime.sleep(this.#stage.random.int(0, 40_000));
    if (this.finished) return;
    this.#stage.count('started twice');
    this.#start();
  }

  async #approve(task: Task): Promise<void> {
    for (;;) {
      await task.runtime.sleep(this.#stage.random.int(0, 20_000));
      if (this.finished || this.gone) return;
      const { coordinator } = this.#stage.journal(task);
      await coordinator.approve({ by: 'operator', at: task.runtime.now() }).catch(() => undefined);
    }
  }
}
