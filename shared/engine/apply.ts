import { backoffMilliseconds } from '../backoff.ts';
import { activeSide, type Side } from '../direction.ts';
import { DirectionClosedError, isNamed } from '../errors.ts';
import { itemText, sameContent } from '../items.ts';
import type { AppliedCounts } from '../journal/activity.ts';
import { assertPermitted, type Permit } from '../journal/gate.ts';
import type { KeyEntry, KeyListKind } from '../journal/key-lists.ts';
import type { Change } from '../model.ts';
import { inParallel } from '../parallel.ts';
import type { CellWrite, WriteResult } from '../stores/store.ts';
import { parseVersion, versionPrefix, versionValue } from '../version.ts';
import type { Migration, Resource } from './migration.ts';

const KEYS_IN_FLIGHT = 16;

/** What applying needs of a migration: the applier is started by a stream, not by a coordinator. */
export type Applying = Pick<Migration, 'journal' | 'runtime' | 'handoverAt' | 'deadline'>;

interface Pending {
  readonly change: Change;
  readonly prefix: string;
}

/**
 * Applies a batch of changes of one side to the other. A feed is applied only while its own side is active: what the
 * other side's tells then was written by the migrator, or by somebody whom the auditor lists as a stray. The batch was
 * there before the direction was looked up, so nothing in it can be from after the next switch. A change overwrites
 * only what is older, so redelivery, reordering and zombies are harmless. It returns when every record is applied,
 * skipped, or durably listed; else it throws, and the whole batch comes again.
 */
export async function applyChanges(
  migration: Applying,
  resource: Resource,
  side: Side,
  changes: readonly Change[],
): Promise<void> {
  const { journal, runtime, deadline } = migration;
  if (side !== activeSide(journal.epoch)) return;
  const permit = await permitToApply(migration, deadline);
  // Once the switch is made, no record of the side that was left is applied.
  if (!permit) return;
  try {
    const { pending, spent, skipped } = sortOut(changes, permit);
    const outcome = new Outcome(journal, resource.index);
    await outcome.list('recheck', spent);
    await outcome.list(
      'tombstone',
      pending.filter(({ change }) => !change.after),
    );
    await inParallel(pending, KEYS_IN_FLIGHT, (next) => applyOne(migration, resource, permit, next, outcome));
    const oldest = Math.min(...changes.map(({ createdSecond }) => createdSecond));
    const counts = { ...outcome.counts, records: changes.length, skipped, rechecked: spent.length };
    // Counters only inform: the batch is applied, and their failure must not bring it again.
    await journal.activity.add(counts, Math.max(0, runtime.now() / 1000 - oldest)).catch(() => undefined);
  } finally {
    await journal.gate.give(permit, resource.target.outcomesKnown());
  }
}

/** @returns undefined once the direction is over. @throws DirectionClosedError while it is closed. */
export async function permitToApply(
  { journal }: Pick<Applying, 'journal'>,
  deadline: number,
): Promise<Permit | undefined> {
  try {
    return await journal.gate.take('apply', deadline);
  } catch (error) {
    if (error instanceof DirectionClosedError && (await journal.gate.isOver())) return undefined;
    throw error;
  }
}

/**
 * What is to be written, and what must not be written from its image. Of several changes of one key only the last is
 * written: each carries the whole item.
 */
function sortOut(changes: readonly Change[], permit: Permit) {
  const last = new Map<string, Pending>();
  const spent: Pending[] = [];
  let skipped = 0;
  for (const change of changes) {
    const next = { change, prefix: versionPrefix(permit.epoch, change.sequence) };
    const key = itemText(change.key);
    // Content alone decides what is skipped: skipping too little costs a write, skipping too much loses one.
    // Before the announcement nobody wrote this side but the migrator, and so the other one had it first.
    if (change.createdSecond < permit.since || sameContent(change.before, change.after)) skipped++;
    else if (change.createdSecond <= permit.floor) spent.push(next);
    else {
      const earlier = last.get(key);
      if (earlier) skipped++;
      if (!earlier || earlier.prefix < next.prefix) last.set(key, next);
    }
  }
  return { pending: [...last.values()], spent, skipped };
}

async function applyOne(
  migration: Applying,
  resource: Resource,
  permit: Permit,
  next: Pending,
  outcome: Outcome,
): Promise<void> {
  const { change, prefix } = next;
  const result = await writePersistently(migration, resource, permit, {
    key: change.key,
    ...(change.after ? { item: change.after } : {}),
    version: reservedValue(next),
    when: { kind: 'older', prefix },
  });
  switch (result.verdict) {
    case 'written':
      outcome.counts[change.after ? 'written' : 'removed']++;
      return;
    case 'newer': {
      outcome.counts.newer++;
      // That sequence numbers of one item grow across a shard split is not documented: a record created in a later
      // second than the cell that refuses it is looked at, not believed.
      const refusing = result.cell.kind === 'absent' ? undefined : parseVersion(result.cell.version ?? '');
      if (refusing && refusing.createdSecond < change.createdSecond)
        await outcome.quarantine(
          next,
          `refused by an earlier record: created in second ${change.createdSecond}, the cell's in ${refusing.createdSecond}`,
        );
      return;
    }
    case 'rejected':
      if (result.oversize) await outcome.list('oversize', [next]);
      else await outcome.quarantine(next, result.reason);
  }
}

const THROTTLED = [
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TransactionConflictException',
  'InternalServerError',
];

/** Backs off inside the invocation while it is throttled; near its end it throws, and the batch comes again. */
async function writePersistently(
  { runtime, handoverAt }: Applying,
  { target }: Resource,
  permit: Permit,
  write: CellWrite,
): Promise<WriteResult> {
  for (let attempt = 1; ; attempt++) {
    assertPermitted(permit, runtime.now());
    try {
      return await target.write(write);
    } catch (error) {
      if (!isNamed(error, ...THROTTLED) || runtime.now() >= handoverAt) throw error;
      await runtime.sleep(backoffMilliseconds(runtime, attempt));
    }
  }
}

/** Collects what became of a batch, and lists durably what could not be applied. */
class Outcome {
  readonly counts: { -readonly [name in keyof AppliedCounts]: number } = {
    records: 0,
    written: 0,
    removed: 0,
    newer: 0,
    skipped: 0,
    quarantined: 0,
    rechecked: 0,
  };
  readonly #journal: Migration['journal'];
  readonly #resource: number;

  constructor(journal: Migration['journal'], resource: number) {
    this.#journal = journal;
    this.#resource = resource;
  }

  async list(kind: KeyListKind, pending: readonly Pending[], reason?: string): Promise<void> {
    const entries = pending.map(
      (next): KeyEntry => ({
        resource: this.#resource,
        key: next.change.key,
        version: reservedValue(next),
        ...(reason ? { reason } : {}),
      }),
    );
    await this.#journal.lists.add(kind, entries);
  }

  async quarantine(next: Pending, reason: string): Promise<void> {
    await this.list('quarantine', [next], reason);
    this.counts.quarantined++;
  }
}

function reservedValue({ change, prefix }: Pending): string {
  return versionValue(prefix, change.after ? 'item' : 'tombstone', change.createdSecond);
}
