import { isNamed } from '../../../shared/errors.ts';
import type { DisturbedInvocation } from '../setting.ts';
import type { Stage } from '../stage.ts';
import type { Task } from '../world/task.ts';

/** What invocations are told of their world. */
export type InvocationStage = Pick<
  Stage,
  'count' | 'invocationMilliseconds' | 'moments' | 'random' | 'setting' | 'terms' | 'world'
>;

/** What no retry cures ends the execution. */
const PERMANENT = ['PermanentError', 'ChangesGoneError', 'LeaseLostError', 'InvalidInputError'];

export interface InvocationProps<T> {
  readonly kind: DisturbedInvocation;
  /** Of the coordinator that invokes it. */
  readonly term: number;
  /** Among those of its kind, for the trace. */
  readonly number?: number;
  readonly work: (task: Task) => Promise<T>;
  /** @default 30 */
  readonly attempts?: number;
}

/**
 * Invocations of functions by a workflow: each a process of its own, which may die, be started twice, or stand still
 * and go on while its successor is at work. What was thrown is tried again.
 */
export class Invocations {
  readonly #stage: InvocationStage;
  readonly #open: Set<Stage['setting']['disturbances'][number]>;

  constructor(stage: InvocationStage) {
    this.#stage = stage;
    this.#open = new Set(stage.setting.disturbances);
  }

  /**
   * @param workflow the execution that waits for the answer.
   * @throws what the last attempt has thrown.
   */
  async invoke<T>(
    workflow: Task,
    { kind, term, number, work, attempts = 30 }: InvocationProps<T>,
  ): Promise<T> {
    const name = number === undefined ? kind : `${kind} ${number}`;
    for (let attempt = 1; ; attempt++) {
      this.#stage.moments.began(kind);
      let result: { readonly value: T } | undefined;
      const invocation = this.#start(name, async (task) => {
        result = { value: await work(task) };
      });
      this.#stage.terms.set(invocation.name, term);
      const abandoned = this.disturb(invocation, kind, { workflow, work, name });
      await settled(workflow, invocation, abandoned);
      if (result) return result.value;
      const { outcome } = invocation;
      this.#stage.count(outcome ? `invocation ${outcome.kind}` : 'invocation taken for dead');
      if (outcome?.kind === 'threw' && isNamed(outcome.error, ...PERMANENT)) throw outcome.error;
      if (attempt >= attempts)
        throw outcome?.kind === 'threw' ? outcome.error : new Error(`${name} did not answer`);
      await workflow.runtime.sleep(this.#stage.random.int(10, 1_000));
    }
  }

  /**
   * Does to an invocation what the setting wants of one of its kind, once.
   * @returns after how long its workflow takes it for dead, if it stands still.
   */
  disturb(
    invocation: Task,
    kind: DisturbedInvocation,
    again?: {
      readonly workflow: Task;
      readonly name: string;
      readonly work: (task: Task) => Promise<unknown>;
    },
  ): { readonly afterMilliseconds?: number; whenStill?: () => void } {
    const disturbance = [...this.#open].find((one) => one.invocation === kind);
    if (!disturbance) return {};
    this.#open.delete(disturbance);
    const { after, milliseconds } = disturbance;
    const happens = (what: string) => this.#stage.count(`${kind} ${what}`);
    switch (disturbance.kind) {
      case 'dies':
        invocation.interruptAfter(after, () => {
          happens('dies');
          invocation.kill();
        });
        return {};
      case 'execution dies':
        invocation.interruptAfter(after, () => {
          happens('loses its execution');
          again?.workflow.kill();
        });
        return {};
      case 'outlives its execution':
        invocation.interruptAfter(after, () => {
          happens('outlives its execution');
          invocation.pause();
          again?.workflow.kill();
          this.#stage.world.scheduler.after(milliseconds, () => invocation.resume());
        });
        return {};
      case 'comes twice':
        invocation.interruptAfter(after, () => {
          happens('comes twice');
          // At the same time, or when nobody expects it any more.
          const late = this.#stage.random.chance(0.5) ? milliseconds : 0;
          if (again) this.#stage.world.scheduler.after(late, () => this.#start(again.name, again.work));
        });
        return {};
      case 'stands still': {
        const still: { afterMilliseconds: number; whenStill?: () => void } = {
          afterMilliseconds: this.#stage.random.int(0, 2 * milliseconds),
        };
        invocation.interruptAfter(after, () => {
          happens('stands still');
          invocation.pause();
          still.whenStill?.();
          this.#stage.world.scheduler.after(milliseconds, () => invocation.resume());
        });
        return still;
      }
    }
  }

  #start(name: string, work: (task: Task) => Promise<unknown>): Task {
    return this.#stage.world.scheduler.spawn(name, work, {
      background: true,
      timeoutMilliseconds: this.#stage.invocationMilliseconds,
    });
  }
}

/** Waits until an invocation has ended, or is taken for dead. */
function settled(
  workflow: Task,
  invocation: Task,
  still: { readonly afterMilliseconds?: number; whenStill?: () => void },
): Promise<void> {
  return new Promise((resolve) => {
    // Whichever comes first: the other resolves nothing any more.
    invocation.whenEnded(() => workflow.resumeWith(resolve));
    still.whenStill = () => workflow.resumeAfter(still.afterMilliseconds ?? 0, resolve);
  });
}
