import { describe, expect, it } from 'vitest';
import type { CoverageGroup } from '../../simulation/coverage.ts';
import { coverageTable, missingCoverage } from '../../simulation/run/coverage-table.ts';

const GROUPS: readonly CoverageGroup[] = [
  { name: 'faults', expected: ['throttled', 'lostAnswer'] },
  { name: 'route', scenario: 'migration', expected: ['announced → fenced'] },
];
const COVERAGE = new Map([
  ['throttled', { times: 12_345, schedules: 67 }],
  ['lostAnswer', { times: 0, schedules: 0 }],
  ['surprise', { times: 1, schedules: 1 }],
]);

describe('the coverage table', () => {
  it('tells by group how often each thing came, and marks what never did', () => {
    expect(coverageTable({ coverage: COVERAGE, groups: GROUPS })).toEqual([
      '                         times  schedules',
      '  faults',
      '    throttled           12,345         67',
      '    lostAnswer               0          0  ✗ never came',
      '  route',
      '    announced → fenced       0          0  ✗ never came',
      '  also counted',
      '    surprise                 1          1',
    ]);
    expect(missingCoverage({ coverage: COVERAGE, groups: GROUPS })).toEqual([
      'lostAnswer',
      'announced → fenced',
    ]);
  });

  it('expects nothing of a scenario that was not run', () => {
    const props = { coverage: COVERAGE, groups: GROUPS, scenario: 'data path' } as const;
    expect(missingCoverage(props)).toEqual(['lostAnswer']);
    expect(coverageTable(props).join()).not.toContain('fenced');
  });
});
