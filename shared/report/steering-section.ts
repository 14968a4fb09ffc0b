import { html } from 'hono/html';
import { type Column, type Markup, moment, section, table } from './elements.ts';
import type { MigrationReport } from './report.ts';
import { type ActionReport, actionText, type ChangeReport, changeText, effectText } from './steering.ts';

const COLUMNS: readonly Column<ActionReport>[] = [
  { title: 'At', cell: ({ at }) => moment(at) },
  { title: 'By', cell: ({ by }) => by },
  { title: 'Action', cell: actionText },
  { title: 'Effect', cell: effectText },
];

const CHANGES: readonly Column<ChangeReport>[] = [
  { title: 'Last seen', cell: ({ at }) => moment(at) },
  { title: 'Changed by others', cell: changeText },
];

/** Who steered the migration, and what came of it; and what others did to its tables. */
export function steeringSection({ steering }: MigrationReport): Markup | undefined {
  if (!steering) return undefined;
  const { actions, changedByOthers } = steering;
  return section(
    'Steering',
    html`${actions.length > 0 && table(COLUMNS, actions)}
    ${changedByOthers.length > 0 && table(CHANGES, changedByOthers)}`,
  );
}
