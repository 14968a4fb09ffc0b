import { CAPACITY_KINDS, type Capacity, type CapacityKind } from '../../shared/capacity.ts';
import type { Meter, Throttling } from '../../shared/stores/meter.ts';

/** Writes down what it is told, and holds back nothing. */
export class Books implements Meter {
  readonly units = none();
  /** The most that was asked for at once. */
  readonly asked = none();
  readonly throttlings: Throttling[] = [];
  readonly backOffs: number[] = [];
  /** What a page may take. */
  share: Capacity = {};

  async spend(kind: CapacityKind, units: number): Promise<void> {
    this.units[kind] += units;
    this.asked[kind] = Math.max(this.asked[kind], units);
  }

  correct(kind: CapacityKind, units: number): void {
    this.units[kind] += units;
  }

  async pageShare(): Promise<Capacity> {
    return this.share;
  }

  async throttled(throttling: Throttling): Promise<void> {
    this.throttlings.push(throttling);
  }

  async backOff(attempts: number): Promise<void> {
    this.backOffs.push(attempts);
  }
}

function none(): Record<CapacityKind, number> {
  return Object.fromEntries(CAPACITY_KINDS.map((kind) => [kind, 0])) as Record<CapacityKind, number>;
}
