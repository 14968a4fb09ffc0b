import { FAULT_KINDS, type FaultKind } from './fault.ts';

/** How often each kind of fault came, by the operation that it met. */
export class FaultTally {
  readonly #counts = new Map<FaultKind, Map<string, number>>();

  add(kind: FaultKind, operation: string, times = 1): void {
    const operations = this.#counts.get(kind) ?? new Map<string, number>();
    this.#counts.set(kind, operations.set(operation, (operations.get(operation) ?? 0) + times));
  }

  of(kind: FaultKind): number {
    return [...this.operations(kind).values()].reduce((sum, times) => sum + times, 0);
  }

  total(): number {
    return FAULT_KINDS.reduce((sum, kind) => sum + this.of(kind), 0);
  }

  /** The operations that met a kind of fault, and how often. */
  operations(kind: FaultKind): ReadonlyMap<string, number> {
    return this.#counts.get(kind) ?? new Map();
  }

  /** Both together. */
  plus(other: FaultTally): FaultTally {
    const sum = new FaultTally();
    for (const tally of [this, other])
      for (const kind of FAULT_KINDS)
        for (const [operation, times] of tally.operations(kind)) sum.add(kind, operation, times);
    return sum;
  }
}
