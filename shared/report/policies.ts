import { deniedText } from '../engine/fence-policy.ts';
import type { Denied, PolicyState } from '../journal/policies.ts';
import { isoTime } from './format.ts';

/** The resource policy of a table that the second fence has stood in. */
export interface PolicyReport {
  readonly table: string;
  /** Whom a Deny of the migration keeps from writing. */
  readonly denied: Denied;
  /** What others have changed while it stood there. */
  readonly changes: readonly { readonly at: string; readonly difference: readonly string[] }[];
  readonly problem?: string | undefined;
}

export function policyReports(policies: readonly PolicyState[]): PolicyReport[] {
  return policies.map(({ table, denied, history, changed, problem }) => ({
    table,
    denied,
    changes: [...history, ...(changed ? [changed] : [])].map(({ at, difference }) => ({
      at: isoTime(at),
      difference,
    })),
    ...(problem === undefined ? {} : { problem }),
  }));
}

/** What still stands there, for somebody who finds the migration stopped. */
export function policyLines(policies: readonly PolicyReport[] = []): string[] {
  return policies
    .filter(({ denied }) => denied !== 'nobody')
    .map(({ table, denied }) => `${table}: ${deniedText(denied)}.`);
}
