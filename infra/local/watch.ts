import { setTimeout as delay } from 'node:timers/promises';
import { isStandBy } from '../../shared/phases.ts';
import type { Status } from '../../shared/status.ts';
import { bar } from '../cli/bar.ts';
import { Speed } from '../cli/speed.ts';
import { type Application, liveTogether } from './application.ts';
import type { LocalMigration } from './migration.ts';
import type { Terminal } from './terminal.ts';
import { count } from './text-table.ts';

const POLL_MILLISECONDS = 700;

/** Shows how a migration and its applications are doing, until something has come about. */
export class Watch {
  readonly #terminal: Terminal;
  readonly #migration: LocalMigration;
  readonly #applications: readonly Pick<Application, 'live'>[];
  readonly #speed = new Speed();
  readonly #writes = new Speed();
  #trouble: string | undefined;

  constructor(
    terminal: Terminal,
    migration: LocalMigration,
    ...applications: readonly Pick<Application, 'live'>[]
  ) {
    this.#terminal = terminal;
    this.#migration = migration;
    this.#applications = applications;
  }

  /**
   * Shows the status until it is as wished, or the execution has succeeded.
   * @throws LocalError when the execution ends in any other way.
   */
  async until(wished: (status: Status) => boolean): Promise<Status> {
    for (;;) {
      const [ended, status, trouble] = await Promise.all([
        this.#migration.succeeded(),
        this.#migration.status(),
        this.#migration.trouble(),
      ]);
      if (trouble && trouble !== this.#trouble) this.#terminal.line(`   tried again after ${trouble}`);
      this.#trouble = trouble;
      if (status) this.#show(status);
      if (status && (ended || wished(status))) return status;
      await delay(POLL_MILLISECONDS);
    }
  }

  #show(status: Status): void {
    const live = liveTogether(this.#applications);
    const pause = Math.max(live.waitingMilliseconds, 0);
    const parts = [
      status.title.padEnd(16),
      this.#progress(status),
      status.lagSeconds === undefined ? '' : `lag ${status.lagSeconds.toFixed(1)} s`,
      `${Math.round(this.#writes.add(live.acknowledged))} writes/s`,
      pause > 500
        ? `writes held for ${(pause / 1000).toFixed(1)} s`
        : `longest pause ${Math.round(live.longestPauseMilliseconds)} ms`,
      live.failed + live.contradictions > 0 ? `${live.failed} failed, ${live.contradictions} wrong` : '',
    ];
    this.#terminal.live(status.phase, parts.filter(Boolean).join('  '));
  }

  #progress({ phase, progress, plan, standBy }: Status): string {
    if (isStandBy(phase)) {
      const gates = standBy?.gates ?? [];
      const shut = gates.filter(({ holds }) => !holds).map(({ name }) => name);
      if (gates.length === 0) return 'looks at the gates';
      return shut.length > 0 ? `waits for: ${shut.join(', ')}` : 'every gate holds';
    }
    if (phase !== 'copy' && phase !== 'verify' && phase !== 'sweep') return '';
    const total = plan?.resources.reduce((sum, { items }) => sum + items, 0) ?? 0;
    const done = progress[phase].counts.items ?? 0;
    const perSecond = this.#speed.add(done);
    const seconds = perSecond > 0 ? Math.ceil(Math.max(0, total - done) / perSecond) : undefined;
    return [
      bar(total > 0 ? done / total : 0),
      `${count(done)} / ${count(total)}`,
      `${count(perSecond)}/s`,
      seconds === undefined ? '' : `ETA ${seconds} s`,
    ]
      .filter(Boolean)
      .join('  ');
  }
}
