import type { ScheduleResult } from './stage.ts';

/** Runs many schedules and sums their coverage. A violation names its seed, which replays it, and shows its end. */
export async function explore(
  count: number,
  simulate: (seed: number) => Promise<ScheduleResult>,
): Promise<Record<string, number>> {
  const coverage: Record<string, number> = {};
  for (let seed = 1; seed <= count; seed++) {
    const { violations, trace, coverage: covered } = await simulate(seed);
    if (violations.length > 0)
      throw new Error(`seed ${seed}:\n${violations.join('\n')}\n\n${trace().slice(-40).join('\n')}`);
    for (const [what, times] of Object.entries(covered)) coverage[what] = (coverage[what] ?? 0) + times;
  }
  return coverage;
}
