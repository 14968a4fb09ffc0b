import { type Focus, type Scenario, settingOf } from '../setting.ts';
import type { Outcome } from './outcome.ts';
import type { Pool } from './pool.ts';
import type { Tally } from './tally.ts';

export interface ExploreProps {
  readonly pool: Pool;
  readonly tally: Tally;
  readonly from: number;
  readonly schedules: number;
  /** @default what each seed chooses */
  readonly scenario?: Scenario | undefined;
  /** What they are to be like. @default what each seed chooses */
  readonly focus?: Focus | undefined;
  /** Called with each outcome, after it was added. */
  readonly onOutcome?: (outcome: Outcome) => void;
  /** Whether the tally holds enough to end early. @default never */
  readonly isEnough?: () => boolean;
}

/** Runs the schedules of consecutive seeds, and adds each to the tally as soon as it is known. */
export async function explore({
  pool,
  tally,
  from,
  schedules,
  scenario,
  focus,
  onOutcome,
  isEnough,
}: ExploreProps): Promise<void> {
  const seeds = range(from, schedules);
  const lane = async () => {
    for (const seed of seeds) {
      const outcome = await pool.run({ seed, setting: settingOf(seed, scenario, focus) });
      tally.add(outcome);
      onOutcome?.(outcome);
      if (isEnough?.()) return;
    }
  };
  // As many lanes as a pool takes jobs at a time. One that leaves its loop ends the common range for all.
  await Promise.all(Array.from({ length: pool.capacity }, lane));
}

function* range(from: number, count: number): Generator<number> {
  for (let seed = from; seed < from + count; seed++) yield seed;
}
