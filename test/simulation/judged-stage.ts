import type { World } from './world/world.ts';

/** How one schedule went. */
export interface ScheduleResult {
  readonly violations: readonly string[];
  /** What happened, one line an event. */
  readonly trace: () => string[];
  readonly steps: number;
  /** How often each fault and each transition came: one that never came proves nothing. */
  readonly coverage: Readonly<Record<string, number>>;
}

/** A modelled AWS, whatever is moved in it, and what was found of it. */
export abstract class JudgedStage {
  abstract readonly world: World;
  readonly coverage: Record<string, number> = {};
  readonly violations: string[] = [];

  count(what: string): void {
    this.coverage[what] = (this.coverage[what] ?? 0) + 1;
  }

  /** Something is wrong: what happens after it does not matter any more. */
  violate(violation: string): void {
    this.world.scheduler.note('invariant', `✗ ${violation}`);
    this.violations.push(violation);
    this.world.scheduler.stop();
  }

  result(): ScheduleResult {
    return {
      violations: this.violations,
      trace: () => this.world.trace(),
      steps: this.world.scheduler.steps,
      coverage: { ...this.coverage, ...this.world.faultCounts },
    };
  }
}
