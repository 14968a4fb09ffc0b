import type { ApiCall } from './api-call.ts';

/** A moment in the life of a migration, told by the call that its workers make then. */
export type Moment = (call: ApiCall) => boolean;

export interface HoldProps {
  readonly moment: Moment;
  /** Calls of this kind that may pass first. @default 0 */
  readonly skip?: number;
  /** Whether the call has taken effect while it is held: then it is its answer that waits. */
  readonly tookEffect: boolean;
}

/** Holds one call up until it is released, so that something can be done at that very moment. */
export class Hold {
  readonly tookEffect: boolean;
  readonly reached: Promise<void>;
  readonly released: Promise<void>;
  readonly #moment: Moment;
  readonly #reach: () => void;
  readonly #release: () => void;
  #skip: number;

  constructor({ moment, skip = 0, tookEffect }: HoldProps) {
    const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    this.tookEffect = tookEffect;
    this.reached = reached.promise;
    this.released = released.promise;
    this.#moment = moment;
    this.#reach = reached.resolve;
    this.#release = released.resolve;
    this.#skip = skip;
  }

  /** Whether this is the call to be held. */
  takes(call: ApiCall): boolean {
    return this.#moment(call) && this.#skip-- === 0;
  }

  /** Says that the call has come, and waits until it may go on. */
  async wait(): Promise<void> {
    this.#reach();
    await this.released;
  }

  /** Waits until the call has come. @returns false when the hold was released before. */
  async isReached(): Promise<boolean> {
    return Promise.race([this.reached.then(() => true), this.released.then(() => false)]);
  }

  release(): void {
    this.#release();
  }
}
