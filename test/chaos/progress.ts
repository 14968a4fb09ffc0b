import { setTimeout as delay } from 'node:timers/promises';
import type { Application } from '../../infra/local/application.ts';
import type { LocalMigration } from '../../infra/local/migration.ts';
import type { Terminal } from '../../infra/local/terminal.ts';
import type { Status } from '../../shared/status.ts';

const POLL_MILLISECONDS = 700;

interface Shown {
  readonly terminal: Pick<Terminal, 'live'>;
  readonly migration: LocalMigration;
  readonly application: Application;
  /** How many faults there were so far. */
  readonly faults: () => number;
}

/** Shows how things stand until some work is done. */
export async function showProgress(shown: Shown, work: Promise<void>): Promise<void> {
  const over = new AbortController();
  const done = work.finally(() => over.abort());
  await Promise.all([done, goOnShowing(shown, over.signal)]);
}

async function goOnShowing({ terminal, migration, application, faults }: Shown, over: AbortSignal) {
  while (!over.aborted) {
    const status = await migration.status();
    const { acknowledged, failed, contradictions } = application.live();
    const parts = [
      (status?.title ?? 'Validate').padEnd(16),
      shutGates(status),
      `${acknowledged} writes`,
      `${faults()} faults`,
      failed + contradictions > 0 ? `${failed} failed, ${contradictions} wrong` : '',
    ];
    terminal.live(status?.phase ?? 'validate', parts.filter(Boolean).join('  '));
    await delay(POLL_MILLISECONDS, undefined, { signal: over }).catch(() => undefined);
  }
}

function shutGates(status: Status | undefined): string {
  const gates = status?.phase === 'ready' ? (status.standBy?.gates ?? []) : [];
  const shut = gates.filter(({ holds }) => !holds).map(({ name }) => name);
  return shut.length > 0 ? `waits for: ${shut.join(', ')}` : '';
}
