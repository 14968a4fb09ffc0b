import { createHash } from 'node:crypto';
import { LookUps } from '../checks.ts';
import { FIRST_EPOCH, type Side } from '../direction.ts';
import { withoutOwn } from '../policy-document.ts';
import { type PlannedResource, plannedKind } from '../resources/planned-resource.ts';
import type { ByKind, ResourcePolicies, ResourceSettings, SeenSettings } from '../resources/resource-kind.ts';
import { noteExpiry } from './expiry.ts';
import type { Migration } from './migration.ts';

/** What somebody has changed at a resource while it was migrated. */
export interface ChangedFact {
  /** When it was last seen to have changed; milliseconds since the epoch. */
  readonly at: number;
  /** Name of the resource's side. */
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
type Settings = SeenSettings['settings'];

/** Calls of the control plane are few; time to live can be toggled once an hour at most. */
const LOOK_MILLISECONDS = 5 * 60_000;

/**
 * Notices what others do to the resources, as by a deployment, from the copy on. Nobody is kept from it: settings and
 * resource policies are noted for status and report, and time to live on a target before the switch shuts a gate for
 * good. That a stream was disabled or replaced is seen by whoever reads it.
 */
export class Watchdog {
  readonly #settings: ByKind<ResourceSettings>;
  readonly #policies: ByKind<Pick<ResourcePolicies, 'read'>>;
  readonly #lookedAt = new Map<string, number>();

  constructor(settings: ByKind<ResourceSettings>, policies: ByKind<Pick<ResourcePolicies, 'read'>>) {
    this.#settings = settings;
    this.#policies = policies;
  }

  /** Looks at both sides of each resource, if that is long ago. */
  async look(migration: Watched): Promise<void> {
    const now = migration.runtime.now();
    const last = this.#lookedAt.get(migration.name);
    if (last !== undefined && now - last < LOOK_MILLISECONDS) return;
    const lookUps = new LookUps();
    for (const resource of migration.plan.resources)
      for (const side of ['source', 'target'] as const)
        await lookUps.ask('', () => this.#lookAt(migration, side, resource));
    this.#lookedAt.set(migration.name, now);
  }

  /** One that is gone is left to whoever reads it. */
  async #lookAt(migration: Watched, side: Side, resource: PlannedResource): Promise<void> {
    const [name, kind] = [resource[side], plannedKind(resource)];
    const seen = await this.#settings[kind].look(name);
    if (!seen) return;
    if (side === 'target' && migration.journal.epoch === FIRST_EPOCH)
      await noteExpiry(migration, name, async () => seen.expiry);
    const { document } = await this.#policies[kind].read(seen.arn);
    await noteChanges(migration, name, {
      ...seen.settings,
      'resource policy': policyText(withoutOwn(document, migration.name)),
    });
  }
}

async function noteChanges({ journal, runtime }: Watched, name: string, seen: Settings): Promise<void> {
  const known = await journal.fact<Settings>(`watched#${name}`);
  for (const [what, now] of Object.entries(seen)) {
    const before = known?.[what];
    if (before === undefined || before === now) continue;
    const id = `${CHANGED}${name}#${what}`;
    const last = await journal.fact<ChangedFact>(id);
    const changed: ChangedFact = {
      at: runtime.now(),
      table: name,
      what,
      before: last?.before ?? before,
      now,
      times: (last?.times ?? 0) + 1,
    };
    await journal.noteFact(id, changed);
  }
  if (JSON.stringify(known) !== JSON.stringify(seen)) await journal.noteFact(`watched#${name}`, seen);
}

/** A policy may have 20 KB: whether it has changed is told by its digest, however it is spaced. */
function policyText(document: string | undefined): string {
  if (document === undefined) return 'none';
  const { Statement, ...rest } = JSON.parse(document);
  const text = JSON.stringify({ ...rest, Statement: [Statement].flat() });
  return `SHA-256 ${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
}
