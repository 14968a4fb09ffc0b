import type { TableDescription } from '@aws-sdk/client-dynamodb';
import type { Account } from '../account.ts';
import type { PhaseTimes } from '../journal/coordinator.ts';
import type { Monitoring, TimeSpan } from '../monitoring.ts';
import type { Phase } from '../phases.ts';
import { type Load, loadOf, loadText, shortage } from './capacity.ts';
import { LookUps } from './checks.ts';
import { noteExpiry } from './expiry.ts';
import type { Finding } from './finding.ts';
import type { Migration, PlannedResource } from './migration.ts';
import { commonIndexes } from './throughput.ts';
import { setTimeToLive } from './user-commands.ts';

/** What is demanded of a target before the cutover: whether it holds, and what was found. */
export interface TargetState {
  /** It takes what its source was measured to take. */
  readonly capacity: Finding;
  /** Nothing expires on it before the switch. */
  readonly timeToLive: Finding;
}

type Watched = Pick<Migration, 'name' | 'plan' | 'journal' | 'runtime'>;

const MINUTE = 60_000;
/** Control plane and metrics are asked now and then only; sooner while a person is to change something. */
const KEPT_MILLISECONDS = 5 * MINUTE;
const KEPT_SHUT_MILLISECONDS = 15_000;
/** Traffic of so long a time counts. */
const MEASURED_HOURS = 3;
const MEASURED_MILLISECONDS = MEASURED_HOURS * 60 * MINUTE;

/** Looks at the targets of migrations that are ready, and remembers for a while what it saw. */
export class TargetWatch {
  readonly #account: Account;
  readonly #monitoring: Monitoring;
  readonly #seen = new Map<string, { readonly until: number; readonly states: readonly TargetState[] }>();

  constructor(account: Account, monitoring: Monitoring) {
    this.#account = account;
    this.#monitoring = monitoring;
  }

  async states(migration: Watched): Promise<readonly TargetState[]> {
    const now = migration.runtime.now();
    const seen = this.#seen.get(migration.name);
    if (seen && now < seen.until) return seen.states;
    const spans = measuredSpans(await migration.journal.coordinator.phaseTimes(), now);
    const states: TargetState[] = [];
    for (const resource of migration.plan.resources)
      states.push({
        capacity: await this.#capacity(resource, spans),
        timeToLive: await this.#timeToLive(migration, resource.target),
      });
    const shut = states.some(({ capacity, timeToLive }) => !capacity.holds || !timeToLive.holds);
    const until = now + (shut ? KEPT_SHUT_MILLISECONDS : KEPT_MILLISECONDS);
    this.#seen.set(migration.name, { until, states });
    return states;
  }

  async #capacity({ source, target }: PlannedResource, spans: readonly TimeSpan[]): Promise<Finding> {
    const lookUps = new LookUps();
    const loads = await lookUps.ask(`the capacity of ${target}`, async () => {
      const [ours, theirs] = [await this.#account.table(source), await this.#account.table(target)];
      return ours && theirs ? this.#loads(ours, theirs, spans) : [];
    });
    const shortages = loads?.flatMap((load) => shortage(load) ?? []) ?? [];
    if (shortages.length > 0)
      return {
        holds: false,
        detail: `${shortages.join('. ')}, or wait: the traffic of the last ${MEASURED_HOURS} hours counts, without copy and compare`,
      };
    const [table] = loads ?? [];
    return { holds: true, detail: table ? loadText(table) : (lookUps.notes[0] ?? 'a table is gone') };
  }

  /** Of the table and of its indexes. */
  async #loads(
    source: TableDescription,
    target: TableDescription,
    spans: readonly TimeSpan[],
  ): Promise<Load[]> {
    const indexes = commonIndexes(source, target);
    const traffic = await this.#monitoring.traffic(source.TableName ?? '', indexes, spans);
    return [undefined, ...indexes].map((index) =>
      loadOf({ source, target, index, traffic: traffic.get(index) ?? {} }),
    );
  }

  async #timeToLive(migration: Watched, target: string): Promise<Finding> {
    const lookUps = new LookUps();
    const expiring = await lookUps.ask(`time to live of ${target}`, () =>
      noteExpiry(migration, target, () => this.#account.timeToLive(target)),
    );
    if (!expiring) return { holds: true, detail: lookUps.notes[0] ?? `off at ${target}` };
    const { at, attribute } = expiring;
    return {
      holds: false,
      detail: `it was on at ${target} at ${new Date(at).toISOString()}, so that items may be missing there; disable it (${setTimeToLive(target, attribute, false)}) and start a migration under a new name, which compares both sides again`,
    };
  }
}

/**
 * The last hours without those from the copy to the compare: what the migration itself reads of the source is no
 * traffic that the target has to expect.
 */
function measuredSpans(times: Partial<Record<Phase, PhaseTimes>>, now: number): TimeSpan[] {
  const copyAt = times.copy?.startedAt ?? now;
  const from = Math.max(times.verify?.endedAt ?? now, now - MEASURED_MILLISECONDS);
  const before = MEASURED_MILLISECONDS - (now - from);
  return [
    { from: copyAt - before, to: copyAt },
    { from, to: now },
  ].filter((span) => span.to - span.from >= MINUTE);
}
