import { isNamed, type Problem } from './errors.ts';

/** How AWS says that it refuses a look-up, or does not know it. */
const REFUSALS = ['AccessDeniedException', 'AccessDenied', 'UnknownOperationException', 'InvalidAction'];

/** Looks at the account. A look-up that it refuses is noted as not checked, and the others go on. */
export class LookUps {
  readonly notes: string[] = [];

  /** @returns undefined if the account refuses the look-up. */
  async ask<T>(what: string, look: () => Promise<T> | T): Promise<T | undefined> {
    try {
      return await look();
    } catch (error) {
      if (!isNamed(error, ...REFUSALS)) throw error;
      this.notes.push(`not checked: ${what}: the account refused the look-up (${(error as Error).message})`);
      return undefined;
    }
  }
}

/** Collects the problems that look-ups find; what is no problem but should be known is a note. */
export class Checks extends LookUps {
  readonly problems: Problem[] = [];

  async run(what: string, check: () => Promise<readonly Problem[]> | readonly Problem[]): Promise<void> {
    this.problems.push(...((await this.ask(what, check)) ?? []));
  }
}
