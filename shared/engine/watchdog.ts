import { createHash } from 'node:crypto';
import type { TableDescription } from '@aws-sdk/client-dynamodb';
import type { Account } from '../account.ts';
import { FIRST_EPOCH, type Side } from '../direction.ts';
import { withoutOwn } from '../policy-document.ts';
import type { ResourcePolicies } from '../resource-policies.ts';
import { LookUps } from './checks.ts';
import { noteExpiry } from './expiry.ts';
import type { Migration } from './migration.ts';
import { isOnDemand } from './tables.ts';
import { setRates } from './throughput.ts';

/** What somebody has changed at a table while it was migrated. */
export interface ChangedFact {
  /** When it was last seen to have changed; milliseconds since the epoch. */
  readonly at: number;
  readonly table: string;
  readonly what: string;
  /** As the migration found it, and as it is now. */
  readonly before: string;
  readonly now: string;
  /** How often it was seen to have changed. */
  readonly times: number;
}

/** Where the journal keeps them. */
export const CHANGED = 'changed#';

type Watched = Pick<Migration, 'name' | 'plan' | 'journal' | 'runtime'>;
/** What is watched of a table, in words, by its name. */
type Settings = Readonly<Record<string, string>>;

/** Calls of the control plane are few; time to live can be toggled once an hour at most. */
const LOOK_MILLISECONDS = 5 * 60_000;

/**
 * Notices what others do to the tables, as by a deployment, from the copy on. Nobody is kept from it: throughput, time
 * to live, indexes, deletion protection and resource policy are noted for status and report, and time to live on a
 * target before the switch shuts a gate for good. That a stream was disabled or replaced is seen by whoever reads it.
 */
export class Watchdog {
  readonly #account: Account;
  readonly #policies: Pick<ResourcePolicies, 'read'>;
  readonly #lookedAt = new Map<string, number>();

  constructor(account: Account, policies: Pick<ResourcePolicies, 'read'>) {
    this.#account = account;
    this.#policies = policies;
  }

  /** Looks at both sides of each resource, if that is long ago. */
  async look(migration: Watched): Promise<void> {
    const now = migration.runtime.now();
    const last = this.#lookedAt.get(migration.name);
    if (last !== undefined && now - last < LOOK_MILLISECONDS) return;
    const lookUps = new LookUps();
    for (const tables of migration.plan.resources)
      for (const side of ['source', 'target'] as const)
        await lookUps.ask('', () => this.#lookAt(migration, side, tables[side]));
    this.#lookedAt.set(migration.name, now);
  }

  /** A table that is gone is left to whoever reads it. */
  async #lookAt(migration: Watched, side: Side, name: string): Promise<void> {
    const table = await this.#account.table(name);
    if (!table) return;
    const timeToLive = await this.#account.timeToLive(name);
    if (side === 'target' && migration.journal.epoch === FIRST_EPOCH)
      await noteExpiry(migration, name, async () => timeToLive);
    const { on, attribute } = timeToLive;
    const { document } = await this.#policies.read(table.TableArn ?? '');
    await noteChanges(migration, name, {
      throughput: throughputText(table),
      indexes: indexNames(table) || 'none',
      'deletion protection': table.DeletionProtectionEnabled ? 'on' : 'off',
      'time to live': on ? `on (${attribute})` : 'off',
      'resource policy': policyText(withoutOwn(document, migration.name)),
    });
  }
}

async function noteChanges({ journal, runtime }: Watched, table: string, seen: Settings): Promise<void> {
  const known = await journal.fact<Settings>(`watched#${table}`);
  for (const [what, now] of Object.entries(seen)) {
    const before = known?.[what];
    if (before === undefined || before === now) continue;
    const id = `${CHANGED}${table}#${what}`;
    const last = await journal.fact<ChangedFact>(id);
    const changed: ChangedFact = {
      at: runtime.now(),
      table,
      what,
      before: last?.before ?? before,
      now,
      times: (last?.times ?? 0) + 1,
    };
    await journal.noteFact(id, changed);
  }
  if (JSON.stringify(known) !== JSON.stringify(seen)) await journal.noteFact(`watched#${table}`, seen);
}

function throughputText(table: TableDescription): string {
  const { read, write } = setRates(table);
  const most = (units: number | undefined) => (units === undefined ? 'no maximum' : `at most ${units}`);
  return isOnDemand(table)
    ? `on demand: read ${most(read)}, write ${most(write)}`
    : `provisioned: read ${read}, write ${write}`;
}

function indexNames({ GlobalSecondaryIndexes = [] }: TableDescription): string {
  return GlobalSecondaryIndexes.map(({ IndexName }) => IndexName)
    .sort()
    .join(', ');
}

/** A policy may have 20 KB: whether it has changed is told by its digest, however it is spaced. */
function policyText(document: string | undefined): string {
  if (document === undefined) return 'none';
  const { Statement, ...rest } = JSON.parse(document);
  const text = JSON.stringify({ ...rest, Statement: [Statement].flat() });
  return `SHA-256 ${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
}
