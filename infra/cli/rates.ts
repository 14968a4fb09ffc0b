import { UNIT_PHASES, type UnitPhase } from '../../shared/phases.ts';
import type { Status } from '../../shared/status.ts';
import { Speed } from './speed.ts';

/** Items that each phase does in a second, as far as they are known. */
export type Rates = Readonly<Partial<Record<UnitPhase, number>>>;

/** The rates since each phase began: all that a single look can know. */
export function averageRates(status: Status, now: number): Rates {
  return Object.fromEntries(
    UNIT_PHASES.flatMap((phase) => {
      const { startedAt, endedAt = now } = status.phases[phase] ?? {};
      const { items = 0 } = status.progress[phase].counts;
      return startedAt === undefined || endedAt <= startedAt || items === 0
        ? []
        : [[phase, (items * 1_000) / (endedAt - startedAt)]];
    }),
  );
}

/** Measures the rates over the last seconds, from one look to the next. */
export class RateMeter {
  readonly #speeds = Object.fromEntries(UNIT_PHASES.map((phase) => [phase, new Speed()])) as Record<
    UnitPhase,
    Speed
  >;
  #looked = false;

  /** Takes a look into account. The first one can only tell averages. */
  measure(status: Status, now: number): Rates {
    const measured = Object.fromEntries(
      UNIT_PHASES.map((phase) => [
        phase,
        this.#speeds[phase].add(status.progress[phase].counts.items ?? 0, now),
      ]),
    );
    const rates = this.#looked ? measured : averageRates(status, now);
    this.#looked = true;
    return rates;
  }
}
