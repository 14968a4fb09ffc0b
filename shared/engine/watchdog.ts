import { createHash } from 'node:crypto';
import type { TableDescription } from '@aws-sdk/client-dynamodb';
import type { Account } from '../account.ts';
import { FIRST_EPOCH } from '../direction.ts';
import { withoutOwn } from '../policy-document.ts';
import type { ResourcePolicies } from '../resource-policies.ts';
import { LookUps } from './checks.ts';
import { noteExpiry } from './expiry.ts';
import type { Migration } from './migration.ts';
import { isOnDemand } from './tables.ts';

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
    for (const { source, target } of migration.plan.resources) {
      if (migration.journal.epoch === FIRST_EPOCH)
        await lookUps.ask('', () => noteExpiry(migration, this.#account, target));
      for (const table of [source, target])
        await lookUps.ask('', async () =>
          noteChanges(migration, table, await this.#settings(migration.name, table)),
        );
    }
    this.#lookedAt.set(migration.name, now);
  }

  /** @returns undefined where the table is gone: whoever reads it says so. */
  async #settings(migration: string, name: string): Promise<Settings | undefined> {
    const table = await this.#account.table(name);
    if (!table) return undefined;
    const { on, attribute } = await this.#account.timeToLive(name);
    const { document } = await this.#policies.read(table.TableArn ?? '');
    return {
      throughput: throughputText(table),
      indexes: indexNames(table) || 'none',
      'deletion protection': table.DeletionProtectionEnabled ? 'on' : 'off',
      'time to live': on ? `on (${attribute})` : 'off',
      'resource policy': policyText(withoutOwn(document, migration)),
    };
  }
}

async function noteChanges({ journal, runtime }: Watched, table: string, seen?: Settings): Promise<void> {
  if (!seen) return;
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

/** What somebody sets. Warm throughput grows by itself. */
function throughputText(table: TableDescription): string {
  const { ReadCapacityUnits, WriteCapacityUnits } = table.ProvisionedThroughput ?? {};
  const { MaxReadRequestUnits = -1, MaxWriteRequestUnits = -1 } = table.OnDemandThroughput ?? {};
  const most = (units: number) => (units < 0 ? 'no maximum' : `at most ${units}`);
  return isOnDemand(table)
    ? `on demand: read ${most(MaxReadRequestUnits)}, write ${most(MaxWriteRequestUnits)}`
    : `provisioned: read ${ReadCapacityUnits}, write ${WriteCapacityUnits}`;
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
