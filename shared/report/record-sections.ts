import { html } from 'hono/html';
import type { BackupFact } from '../engine/gates.ts';
import { type Column, code, count, type Markup, paragraph, section, table } from './elements.ts';
import { type KeyListReport, keyLine, type ListedKey } from './keys.ts';
import type { MigrationReport } from './report.ts';

const KEY_COLUMNS: readonly Column<ListedKey>[] = [
  { title: 'Table or bucket', cell: ({ resource }) => resource },
  { title: 'Key', cell: ({ key }) => code(keyLine(key)) },
];
const REASON: Column<ListedKey> = { title: 'Reason', cell: ({ reason }) => reason ?? '' };

/** Keys that needed attention. Never the content of an item. */
export function keysSection({ keys, cutover, unwatched }: MigrationReport): Markup | undefined {
  if (!keys) return undefined;
  return section(
    'Keys that needed attention',
    keyList(
      'Strays',
      keys.strays,
      cutover?.switched
        ? `No change of the source was seen after the switch${unwatched === undefined ? '.' : ', but not all of them could be seen.'}`
        : 'The switch has not been made.',
    ),
    keyList('Quarantine', keys.quarantine, 'Every change could be applied; the quarantine is empty.'),
    keyList('Repaired', keys.repaired, 'No key had to be repaired.'),
  );
}

function keyList(title: string, { total, listed, others }: KeyListReport, none: string): Markup {
  if (total === 0) return html`<h3>${title}</h3>${paragraph(none)}`;
  const columns = listed.some(({ reason }) => reason !== undefined) ? [...KEY_COLUMNS, REASON] : KEY_COLUMNS;
  return html`<h3>${title}: ${count(total)}</h3>
    ${table(columns, listed)}
    ${others > 0 && html`<p class="soft">and ${count(others)} more.</p>`}`;
}

const BACKUP_COLUMNS: readonly Column<BackupFact>[] = [
  { title: 'Table', cell: ({ table: name }) => name },
  { title: 'Status', cell: ({ status }) => status },
  { title: 'Backup', cell: ({ arn }) => code(arn) },
];

/** The backups that were taken before the first write. */
export function backupSection({ backups }: MigrationReport): Markup | undefined {
  if (!backups) return undefined;
  return section(
    'Backups',
    backups.length === 0 ? paragraph('None was taken.') : table(BACKUP_COLUMNS, backups),
  );
}

/** What identifies the migration, and its spec. */
export function identitySection(report: MigrationReport): Markup {
  const { specSha256, execution, term, route, segueVersion, journalSchema, spec } = report;
  const rows: readonly (readonly [string, Markup | string | undefined])[] = [
    ['Spec, SHA-256', specSha256 && code(specSha256)],
    ['Execution', execution && code(execution)],
    ['Executions so far', term === undefined ? undefined : count(term)],
    ['Route', route && html`${route.state}, revision ${count(route.revision)}`],
    ['Segue', segueVersion],
    ['Journal schema', count(journalSchema)],
    ['Report schema', count(report.schema)],
  ];
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { title: 'Identity', cell: ([name]) => name },
    { title: 'Value', cell: ([, value]) => value ?? '' },
  ];
  return section(
    'Identity and spec',
    table(
      columns,
      rows.filter(([, value]) => value !== undefined),
    ),
    html`<h3>Spec</h3><pre>${JSON.stringify(spec, undefined, 2)}</pre>`,
  );
}
