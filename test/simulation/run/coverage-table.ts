import { count, textTable } from '../../../infra/local/text-table.ts';
import type { CoverageGroup } from '../coverage.ts';
import type { Scenario } from '../setting.ts';
import type { Occurrences } from './tally.ts';

const NEVER = '✗ never came';
const NONE: Occurrences = { times: 0, schedules: 0 };

export interface CoverageProps {
  readonly coverage: ReadonlyMap<string, Occurrences>;
  readonly groups: readonly CoverageGroup[];
  /** The only scenario that was run. @default both were */
  readonly scenario?: Scenario | undefined;
}

/** Names that should have come and did not. */
export function missingCoverage({ coverage, groups, scenario }: CoverageProps): string[] {
  return groups
    .filter((group) => isRun(group, scenario))
    .flatMap(({ expected }) => expected.filter((name) => !coverage.get(name)?.times));
}

/** Lines that say how often each thing came, and in how many schedules, by group; what never came is marked. */
export function coverageTable({ coverage, groups, scenario }: CoverageProps): string[] {
  const expected = new Set(groups.flatMap((group) => group.expected));
  const rest = [...coverage.keys()].filter((name) => !expected.has(name)).sort();
  const sections = [
    ...groups.filter((group) => isRun(group, scenario)).map((group) => ({ ...group, must: true })),
    { name: 'also counted', expected: rest, must: false },
  ].filter((section) => section.expected.length > 0);
  return textTable([
    ['', 'times', 'schedules', ''],
    ...sections.flatMap(({ name, expected: names, must }) => [
      [name],
      ...names.map((each) => {
        const { times, schedules } = coverage.get(each) ?? NONE;
        return [`  ${each}`, count(times), count(schedules), must && times === 0 ? NEVER : ''];
      }),
    ]),
  ]);
}

function isRun({ scenario }: CoverageGroup, only: Scenario | undefined): boolean {
  return scenario === undefined || only === undefined || scenario === only;
}
