import { setTimeout as delay } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { lacksApprovalAlone, type Status } from '../../shared/status.ts';
import type { Application } from './application.ts';
import { check } from './checker.ts';
import type { Item } from './item-text.ts';
import { LocalError } from './local-error.ts';
import type { LocalMigration } from './migration.ts';
import type { Terminal } from './terminal.ts';
import { count, textTable } from './text-table.ts';
import { passed, VERDICT_COLUMNS, verdictRow } from './verdict.ts';
import type { Watch } from './watch.ts';

export interface ThereAndBackProps {
  readonly terminal: Terminal;
  readonly migration: LocalMigration;
  readonly application: Application;
  readonly watch: Watch;
  /** The application's own client, with the router in it. */
  readonly client: DynamoDBClient;
  /** The table as the application knows it. */
  readonly table: string;
  readonly seeded: readonly Item[];
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
  const rows: (readonly string[])[] = [['after', ...VERDICT_COLUMNS, 'write pause', 'side']];
  terminal.heading('Cut over: the application works on the target');
  rows.push(await countAfter(props, 'the switch', 2));
  terminal.heading('Roll back: everything that was written to the target is on the source');
  await migration.rollBack(BY);
  rows.push(await countAfter(props, 'the rollback', 3));
  terminal.heading('Cut over once more');
  await migration.approve(BY);
  rows.push(await countAfter(props, 'the second switch', 4));
  terminal.heading('Complete: the way back is taken down');
  await migration.complete(BY);
  for (const line of textTable(rows, '   ')) terminal.line(line);
}

async function countAfter(props: ThereAndBackProps, what: string, epoch: number): Promise<readonly string[]> {
  const { terminal, application, watch, client, table, seeded } = props;
  const status = await watch.until((now) => now.epoch === epoch && now.switched !== undefined);
  if (status.epoch !== epoch) throw new LocalError(`the migration has ended before ${what}`);
  await delay(WORK_SECONDS * 1_000);
  const ledger = await application.rest();
  const verdict = await check({ client, target: table, ledger, seeded });
  application.goOn();
  terminal.line(
    `   ${what}: ${count(ledger.acknowledged)} writes so far, ${passed(verdict) ? 'none lost, resurrected or failed' : 'HARM WAS DONE'}`,
  );
  await waitsForAPerson(watch, epoch);
  return [what, ...verdictRow(verdict), `${count(status.pauseMilliseconds ?? 0)} ms`, status.active];
}

/** Until every gate but a person's word holds: then both sides are in step. */
function waitsForAPerson(watch: Watch, epoch: number): Promise<Status> {
  return watch.until(({ epoch: now, standBy }) => now === epoch && lacksApprovalAlone(standBy));
}
