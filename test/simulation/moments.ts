import type { Task } from './world/task.ts';

/** The moments at which invocations of each kind begin: whoever wants to meet one waits for it here. */
export class Moments {
  #over = false;
  #waiting: { readonly kind: string; readonly resume: () => void }[] = [];

  /** An invocation begins. */
  began(kind: string): void {
    const met = this.#waiting.filter((one) => one.kind === kind);
    this.#waiting = this.#waiting.filter((one) => one.kind !== kind);
    for (const { resume } of met) resume();
  }

  /** Nothing begins any more: nobody waits in vain. */
  end(): void {
    this.#over = true;
    for (const { resume } of this.#waiting.splice(0)) resume();
  }

  /** Waits for the next invocation of a kind, or for some time. */
  next(task: Task, kind: string, most?: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#over) return resolve();
      // Whichever comes first: the other resolves nothing any more.
      this.#waiting.push({ kind, resume: () => task.resumeWith(resolve) });
      if (most !== undefined) task.resumeAfter(most, resolve);
    });
  }
}
