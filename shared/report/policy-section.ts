import { html } from 'hono/html';
import { deniedText } from '../engine/fence-policy.ts';
import { type Column, list, type Markup, moment, section, table } from './elements.ts';
import type { PolicyReport } from './policies.ts';
import type { MigrationReport } from './report.ts';

const COLUMNS: readonly Column<PolicyReport>[] = [
  { title: 'Resource', cell: ({ table: name }) => name },
  { title: 'Now', cell: ({ denied, problem }) => problem ?? deniedText(denied) },
  {
    title: 'What others have changed meanwhile',
    cell: ({ changes }) =>
      changes.length === 0
        ? 'nothing'
        : list(changes.map(({ at, difference }) => html`${moment(at)}: ${difference.join('; ')}`)),
  },
];

/** The second fence, in the resource policies. */
export function policySection({ policies = [] }: MigrationReport): Markup | undefined {
  return policies.length > 0 ? section('Resource policies', table(COLUMNS, policies)) : undefined;
}
