import { setTimeout as delay } from 'node:timers/promises';
import { lacksApprovalAlone, type Status } from '../../shared/status.ts';
import { LocalError } from './local-error.ts';
import type { LocalMigration } from './migration.ts';
import type { StartedSubject } from './subject.ts';
import type { Terminal } from './terminal.ts';
import { count, textTable } from './text-table.ts';
import { passed } from './verdict.ts';
import { VERDICT_COLUMNS, verdictRow } from './verdict-table.ts';
import type { Watch } from './watch.ts';

export interface ThereAndBackProps {
  readonly terminal: Terminal;
  readonly migration: LocalMigration;
  readonly watch: Watch;
  readonly subjects: readonly StartedSubject[];
}

const BY = 'npm start -- --rollback';
/** How long the application works on a side before anybody counts. */
const WORK_SECONDS = 8;

/**
 * Cuts over, rolls back and cuts over again, and asks for the end. After each switch the application rests for a
 * moment, and what it finds is held against what it was told.
 */
export async function thereAndBack(props: ThereAndBackProps): Promise<void> {
  const { terminal, migration } = props;
  const rows: (readonly string[])[] = [['after', '', ...VERDICT_COLUMNS, 'write pause', 'side']];
  terminal.heading('Cut over: the application works on the target');
  rows.push(...(await countAfter(props, 'the switch', 2)));
  terminal.heading('Roll back: everything that was written to the target is on the source');
  await migration.rollBack(BY);
  rows.push(...(await countAfter(props, 'the rollback', 3)));
  terminal.heading('Cut over once more');
  await migration.approve(BY);
  rows.push(...(await countAfter(props, 'the second switch', 4)));
  terminal.heading('Complete: the way back is taken down');
  await migration.complete(BY);
  for (const line of textTable(rows, '   ')) terminal.line(line);
}

async function countAfter(
  props: ThereAndBackProps,
  what: string,
  epoch: number,
): Promise<readonly (readonly string[])[]> {
  const { terminal, watch, subjects } = props;
  const status = await watch.until((now) => now.epoch === epoch && now.switched !== undefined);
  if (status.epoch !== epoch) throw new LocalError(`the migration has ended before ${what}`);
  await delay(WORK_SECONDS * 1_000);
  const rows: (readonly string[])[] = [];
  for (const { name, countActive } of subjects) {
    const verdict = await countActive();
    terminal.line(
      `   ${what}: ${count(verdict.ledger.acknowledged)} writes of ${name} so far, ${passed(verdict) ? 'none lost, resurrected or failed' : 'HARM WAS DONE'}`,
    );
    rows.push([
      what,
      name,
      ...verdictRow(verdict),
      `${count(status.pauseMilliseconds ?? 0)} ms`,
      status.active,
    ]);
  }
  await waitsForAPerson(watch, epoch);
  return rows;
}

/** Until every gate but a person's word holds: then both sides are in step. */
function waitsForAPerson(watch: Watch, epoch: number): Promise<Status> {
  return watch.until(({ epoch: now, standBy }) => now === epoch && lacksApprovalAlone(standBy));
}
