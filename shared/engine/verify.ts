import { itemDigest, itemText, keyFromText } from '../items.ts';
import type { Permit } from '../journal/gate.ts';
import type { WorkUnit } from '../model.ts';
import type { Cursor, Page, Store } from '../stores/store.ts';
import { type Migration, type Resource, resourceOf, type UnitMigration } from './migration.ts';
import { settle } from './repair.ts';
import { addCounts, type UnitAnswer, type UnitState, workOnUnit } from './unit.ts';

/** Pages of each side between two checkpoints. What is not matched by then is read by key. */
const PAGES_PER_STEP = 8;
/** A step that waits for the budget ends sooner: if it had to be left, what it has read would be lost. */
const STEP_MILLISECONDS = 5_000;

/** How far both scans have come: a cursor, `null` at the end. */
interface Position {
  readonly source: Cursor | null;
  readonly target: Cursor | null;
}

/**
 * Compares one unit item by item, in both directions, and repairs what stays different. The same segment of both
 * sides is scanned and matched as it comes. That both come in the same order is not documented and only makes it
 * cheap: whatever has found no partner is read by key.
 */
export function verifyUnit(migration: UnitMigration, number: number): Promise<UnitAnswer> {
  const { journal, deadline } = migration;
  return workOnUnit(migration, 'verify', number, async (unit) => {
    const resource = resourceOf(migration, unit.resource);
    const permit = await journal.gate.take('repair', deadline);
    return {
      step: (state) => compareStep(migration, resource, unit, permit, state),
      end: () => journal.gate.give(permit, resource.target.outcomesKnown()),
    };
  });
}

/** Compares some pages of a unit. @returns the state of the unit after them. */
export async function compareStep(
  migration: Migration,
  resource: Resource,
  unit: WorkUnit,
  permit: Permit,
  state: UnitState,
): Promise<UnitState> {
  const from: Partial<Position> = state.position === undefined ? {} : JSON.parse(state.position);
  const source = new SideScan(resource.source, unit, from.source);
  const target = new SideScan(resource.target, unit, from.target);
  const unmatched = new Unmatched();
  const longest = migration.runtime.now() + STEP_MILLISECONDS;
  for (let page = 0; page < PAGES_PER_STEP; page++) {
    const [ours, theirs] = await Promise.all([source.next(), target.next()]);
    for (const item of ours?.items() ?? [])
      unmatched.add('source', itemText(resource.source.keyOf(item)), itemDigest(item));
    for (const item of theirs?.items() ?? [])
      unmatched.add('target', itemText(resource.target.keyOf(item)), itemDigest(item));
    if (source.done && target.done) break;
    if (migration.runtime.now() >= longest) break;
  }
  const open = unmatched.keys().map(keyFromText);
  const { repaired, rejected } = await settle(migration, resource, open, permit);
  const done = source.done && target.done;
  return {
    ...(done
      ? {}
      : {
          position: JSON.stringify({
            source: source.cursor ?? null,
            target: target.cursor ?? null,
          } satisfies Position),
        }),
    counts: addCounts(state.counts, {
      items: source.items,
      targetItems: target.items,
      readByKey: open.length,
      repaired,
      rejected,
    }),
    done,
  };
}

/** The scan of a segment on one side, page by page to its end. */
class SideScan {
  /** Undefined at the start. */
  cursor: Cursor | undefined;
  done: boolean;
  items = 0;
  readonly #store: Store;
  readonly #unit: WorkUnit;

  constructor(store: Store, unit: WorkUnit, from: Cursor | null | undefined) {
    this.#store = store;
    this.#unit = unit;
    this.cursor = from ?? undefined;
    this.done = from === null;
  }

  async next(): Promise<Page | undefined> {
    if (this.done) return undefined;
    const page = await this.#store.scan(this.#unit, this.cursor);
    this.cursor = page.next;
    this.done = page.next === undefined;
    this.items += page.count;
    return page;
  }
}

/** Keys whose partner has not come yet or was different, with the digest of the side that came first. */
class Unmatched {
  readonly #waiting = { source: new Map<string, string>(), target: new Map<string, string>() };
  readonly #different = new Set<string>();

  add(side: 'source' | 'target', key: string, digest: string): void {
    const others = this.#waiting[side === 'source' ? 'target' : 'source'];
    const other = others.get(key);
    if (other === undefined) this.#waiting[side].set(key, digest);
    else {
      others.delete(key);
      if (other !== digest) this.#different.add(key);
    }
  }

  keys(): string[] {
    return [...this.#different, ...this.#waiting.source.keys(), ...this.#waiting.target.keys()];
  }
}
