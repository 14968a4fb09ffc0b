import type { Terminal } from '../../../infra/local/terminal.ts';
import { count, textTable } from '../../../infra/local/text-table.ts';
import { type Setting, settingOf, simplerSettings } from '../setting.ts';
import type { Job, Outcome } from './outcome.ts';
import type { Pool } from './pool.ts';
import { relevantTrace } from './relevant-trace.ts';
import type { NamedMutant } from './request.ts';
import { settingPatch } from './setting-patch.ts';
import { shrink } from './shrink.ts';
import { violatedKeys, violationKind } from './violation.ts';

interface FailedSchedule {
  readonly outcome: Outcome;
  readonly pool: Pool;
  readonly mutant?: NamedMutant | undefined;
  readonly terminal: Terminal;
}

/** Shrinks a schedule that failed, and prints what is left of it and how to see all of that again. */
export async function showShrunken({ outcome, pool, mutant, terminal }: FailedSchedule): Promise<void> {
  const shrunken = await shrink({
    failed: outcome,
    kind: violationKind(outcome.violations[0] ?? ''),
    run: (job) => pool.run(job),
    simpler: simplerSettings,
    together: pool.threads,
    onTry: (tried, best) =>
      terminal.live('shrink', `shrinking: ${count(tried)} schedules tried, ${count(best.steps)} steps`),
  });
  if (!shrunken) {
    terminal.line(`Seed ${outcome.seed} did not fail again: something outside the schedule decides.`);
    return;
  }
  const { best, tried } = shrunken;
  const { violations, trace, steps } = await pool.run({ ...best, traced: true });
  const { lines, leftOut } = relevantTrace(trace, violatedKeys(violations));
  for (const line of [
    '',
    `The simplest of ${count(tried)} schedules that fail alike: seed ${best.seed}, ${count(steps)} steps`,
    ...settingLines(best.setting),
    ...violations.map((violation) => terminal.style('red', `✗ ${violation}`)),
    '',
    ...lines,
    '',
    `${count(leftOut)} lines that do not concern this were left out. All of them:`,
    `  ${replayCommand(best, mutant)}`,
  ])
    terminal.line(line);
}

/** A setting, one field a line. */
export function settingLines(setting: Setting): string[] {
  return textTable(Object.entries(setting).map(([field, value]) => [field, fieldText(value)]));
}

/** The command that runs a schedule again and prints its trace. */
export function replayCommand({ seed, setting }: Job, mutant?: NamedMutant): string {
  const patch = JSON.stringify(settingPatch(settingOf(seed, mutant?.scenario, mutant?.focus), setting));
  return [
    `npm run simulate -- --seed ${seed} --trace`,
    ...(patch === '{}' ? [] : [`--setting '${patch.replaceAll("'", String.raw`'\''`)}'`]),
    ...(mutant ? [`--mutants ${mutant.name}`] : []),
  ].join(' ');
}

/** Of the chances of faults only those that there are. */
function fieldText(value: unknown): string {
  if (Array.isArray(value)) return value.map(fieldText).join('; ') || 'none';
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).filter(([, chance]) => chance !== 0);
  return entries.map(([name, chance]) => `${name} ${chance}`).join(', ') || 'none';
}
