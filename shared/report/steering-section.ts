import { type Column, type Markup, moment, section, table } from './elements.ts';
import type { MigrationReport } from './report.ts';
import { type ActionReport, actionText, effectText } from './steering.ts';

const COLUMNS: readonly Column<ActionReport>[] = [
  { title: 'At', cell: ({ at }) => moment(at) },
  { title: 'By', cell: ({ by }) => by },
  { title: 'Action', cell: actionText },
  { title: 'Effect', cell: effectText },
];

/** Who steered the migration, and what came of it. */
export function steeringSection({ steering }: MigrationReport): Markup | undefined {
  return steering && section('Steering', table(COLUMNS, steering.actions));
}
