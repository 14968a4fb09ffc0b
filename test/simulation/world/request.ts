import { aborted, connectionLost, requestTimedOut } from './errors.ts';
import { errorText } from './scheduler.ts';
import type { Effect, Service } from './service.ts';
import type { Task } from './task.ts';

export interface RequestProps {
  readonly task: Task;
  readonly service: Service;
  readonly operation: string;
  readonly input: object;
  /** Does the work, at once or in parts. */
  readonly effect: () => object | Effect<object>;
  /** After this time a request that has not arrived never will. */
  readonly requestMilliseconds: number;
  /** Besides those that are slow by a fault. */
  readonly slow?: { readonly chance: number; readonly milliseconds: number };
  readonly signal: AbortSignal | undefined;
}

/** How slow a slow request or answer is: most are slow by little. */
const DELAY_MILLISECONDS = [50, 500, 5_000] as const;

const NEVER_SLOW = { chance: 0, milliseconds: 0 };

type Outcome = { readonly result: object } | { readonly error: unknown };

type Fate =
  | { readonly kind: 'ordinary' | 'late' }
  /** There is no effect. */
  | { readonly kind: 'refused'; readonly error: Error }
  /** There is an effect, and the caller is told otherwise. */
  | { readonly kind: 'masked'; readonly error: Error };

/**
 * One attempt of a request. Its effect is one choice of the scheduler, or several, and its answer another one: what
 * the caller learns, and when, says little about when the effect came, or whether it did.
 */
export function sendOnce(props: RequestProps): Promise<object> {
  return new Promise((resolve, reject) => {
    new Attempt(props, (outcome) =>
      'result' in outcome ? resolve(outcome.result) : reject(outcome.error),
    ).send();
  });
}

class Attempt {
  readonly #props: RequestProps;
  readonly #sentAt: number;
  readonly #settle: (outcome: Outcome) => void;
  #answered = false;
  #fate: Fate = { kind: 'ordinary' };

  constructor(props: RequestProps, settle: (outcome: Outcome) => void) {
    this.#props = props;
    this.#settle = settle;
    this.#sentAt = props.service.now;
  }

  send(): void {
    const { task, signal, slow = NEVER_SLOW } = this.#props;
    const { random } = this.#props.service;
    if (signal?.aborted) {
      this.#answer({ error: aborted() });
      return;
    }
    signal?.addEventListener('abort', this.#abort, { once: true });
    this.#fate = this.#drawFate();
    if (this.#fate.kind === 'late') this.#answer({ error: requestTimedOut() });
    const arrive = () => this.#finish(this.#arrive());
    if (this.#fate.kind === 'late' || this.#props.service.dice.strikes('slowRequest'))
      task.transmitAfter(this.#delay(), arrive);
    else if (slow.milliseconds > 0 && random.chance(slow.chance))
      task.transmitAfter(random.int(0, slow.milliseconds), arrive);
    else task.transmit(arrive);
  }

  #drawFate(): Fate {
    const { service, operation } = this.#props;
    const { dice, random } = service;
    if (service.isBusy?.() || dice.strikes('throttled'))
      return { kind: 'refused', error: service.overloaded(operation) };
    if (dice.strikes('lostRequest')) return { kind: 'refused', error: connectionLost() };
    if (dice.strikes('serverError'))
      return { kind: random.chance(0.5) ? 'refused' : 'masked', error: service.failed(operation) };
    if (dice.strikes('lostAnswer')) return { kind: 'masked', error: connectionLost() };
    return { kind: dice.strikes('lateEffect') ? 'late' : 'ordinary' };
  }

  #abort = (): void => this.#answer({ error: aborted() });

  /** The beginning of the effect, and its end unless others go between: then undefined. */
  #arrive(): Outcome | undefined {
    const { task, service, effect } = this.#props;
    if (this.#fate.kind === 'refused') return { error: this.#fate.error };
    if (this.#isTooLate()) return { error: requestTimedOut() };
    if (task.outcome) service.dice.count('effectAfterDeath');
    try {
      const result = effect();
      return Symbol.iterator in result ? this.#continue(result as Effect<object>) : { result };
    } catch (error) {
      return { error };
    }
  }

  #continue(effect: Effect<object>): Outcome | undefined {
    const { task, service, operation } = this.#props;
    if (this.#isTooLate()) return this.#stopped(effect, requestTimedOut());
    try {
      for (;;) {
        const { value, done } = effect.next();
        if (done) return { result: value };
        if (value === 'divisible' && service.dice.strikes('halfDone'))
          return this.#stopped(effect, service.failed(operation));
        if (value !== 'lasting' && !service.dice.strikes('interleaved')) continue;
        task.note(() => `${this.#text()} …`);
        const goOn = () => this.#finish(this.#continue(effect));
        if (value === 'lasting' && service.dice.strikes('slowCopy')) task.transmitAfter(this.#delay(), goOn);
        else task.transmit(goOn, true);
        return undefined;
      }
    } catch (error) {
      return { error };
    }
  }

  /** What is done stays done; what was held is let go. */
  #stopped(effect: Effect<object>, error: Error): Outcome {
    effect.return({});
    return { error };
  }

  #finish(outcome: Outcome | undefined): void {
    if (!outcome) return;
    const fate = this.#fate;
    this.#props.task.note(
      () =>
        `${this.#text()} → ${this.#outcomeText(outcome)}${fate.kind === 'masked' ? ` (its answer: ${errorText(fate.error)})` : ''}`,
    );
    this.#answer(fate.kind === 'masked' ? { error: fate.error } : outcome);
  }

  #answer(outcome: Outcome): void {
    if (this.#answered) return;
    this.#answered = true;
    const { signal, task } = this.#props;
    signal?.removeEventListener('abort', this.#abort);
    const resume = () => {
      task.note(() => `  ← ${'error' in outcome ? errorText(outcome.error) : 'answer'} of ${this.#text()}`);
      this.#settle(outcome);
    };
    if (this.#props.service.dice.strikes('slowAnswer')) task.resumeAfter(this.#delay(), resume);
    else task.resumeWith(resume);
  }

  #delay(): number {
    const { random } = this.#props.service;
    return random.int(0, random.pick(DELAY_MILLISECONDS));
  }

  #isTooLate(): boolean {
    const { service, requestMilliseconds } = this.#props;
    return service.now - this.#sentAt > requestMilliseconds;
  }

  #text(): string {
    const { service, operation, input } = this.#props;
    return service.requestText(operation, input);
  }

  #outcomeText(outcome: Outcome): string {
    return 'error' in outcome ? errorText(outcome.error) : this.#props.service.resultText(outcome.result);
  }
}
