import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyChanges } from '../../shared/engine/apply.ts';
import { repairKey } from '../../shared/engine/repair.ts';
import { sameContent, withoutAttribute } from '../../shared/items.ts';
import type { Item } from '../../shared/model.ts';
import { PREFIX_LENGTH } from '../../shared/version.ts';
import { pageOf } from '../contract/items.ts';
import { cellsOfLargest, type EpochRecord, sequence } from './cell-records.ts';
import { type Bench, onBench, RESERVED } from './engine/bench.ts';
import { item, keyOf, SECOND } from './engine/cells.ts';

const KEY = keyOf('a');
const POISON = 'poison';

/** What happens next; `pick` chooses among the records that are made, or among the items that were read. */
type Move =
  | { readonly kind: 'write' | 'deliver' | 'write and deliver' | 'read' | 'copy'; readonly pick: number }
  /** With what happens just before each of its requests. */
  | { readonly kind: 'repair'; readonly meanwhile: readonly (readonly Move[])[] };

const simple: fc.Arbitrary<Move> = fc.record({
  kind: fc.constantFrom(
    'write',
    'deliver',
    'deliver',
    'write and deliver',
    'write and deliver',
    'read',
    'copy',
  ),
  pick: fc.nat(),
});
const repair: fc.Arbitrary<Move> = fc.record({
  kind: fc.constant('repair'),
  meanwhile: fc.array(fc.array(simple, { maxLength: 2 }), { minLength: 6, maxLength: 6 }),
});

/** What an application writes to one key, and the sequence numbers that its records get. */
const history = fc.record({
  initial: fc.constantFrom('x', undefined),
  values: fc.array(fc.constantFrom('x', 'y', POISON, POISON, undefined), { minLength: 6, maxLength: 6 }),
  sequences: fc.uniqueArray(sequence, { maxLength: 6 }),
});
type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

/** One application, copier, applier and repairer of one key. */
class Migration {
  readonly #bench: Bench;
  readonly made: EpochRecord[] = [];
  /** What the application would write next. */
  readonly #coming: EpochRecord[];
  readonly #open = new Set<EpochRecord>();
  readonly #read: Item[] = [];

  constructor(bench: Bench, all: readonly EpochRecord[]) {
    this.#bench = bench;
    this.#coming = [...all];
  }

  async move(move: Move): Promise<void> {
    switch (move.kind) {
      case 'write':
        return this.#write();
      case 'deliver':
        return this.#deliver(chosen(this.made, move.pick));
      case 'write and deliver':
        this.#write();
        return this.#deliver(this.made.at(-1));
      case 'read':
        this.#read.push(...this.#bench.source.items());
        return;
      case 'copy':
        return this.#copy(chosen(this.#read, move.pick));
      case 'repair':
        return this.#repair(move.meanwhile);
    }
  }

  /** What is made and not applied, in any order; then poison can be written, and the quarantine is settled. */
  async finish(order: number): Promise<void> {
    while (this.#open.size > 0) await this.#deliver(chosen([...this.#open], order));
    this.#bench.target.refuses = () => undefined;
    for (const read of this.#bench.source.items()) await this.#copy(read);
    if ((await this.#bench.listed('quarantine')).length > 0) await this.#repair();
  }

  async deliverAll(): Promise<void> {
    for (const record of this.made) await this.#deliver(record);
  }

  #write(): void {
    const record = this.#coming.shift();
    if (!record) return;
    if (record.change.after) this.#bench.source.load([record.change.after]);
    else this.#bench.source.remove(KEY);
    this.made.push(record);
    this.#open.add(record);
  }

  async #deliver(record: EpochRecord | undefined): Promise<void> {
    if (!record) return;
    await applyChanges(this.#bench.migration(), this.#bench.resource(), 'source', [record.change]);
    this.#open.delete(record);
  }

  async #copy(read: Item | undefined): Promise<void> {
    if (read) await this.#bench.resource().target.insertAbsent(pageOf(read));
  }

  async #repair(meanwhile: readonly (readonly Move[])[] = []): Promise<void> {
    const migration = this.#bench.migration();
    const permit = await migration.journal.gate.take('repair', migration.deadline);
    const client = this.#bench.world.client(this.#bench.task);
    const send = client.send.bind(client) as (command: object) => Promise<object>;
    let requests = 0;
    const interrupted = {
      send: async (command: object) => {
        for (const move of meanwhile[requests++] ?? []) await this.move(move);
        return send(command);
      },
    } as unknown as typeof client;
    const repairing = { ...migration, journal: this.#bench.journal({ client: interrupted }) };
    await repairKey(repairing, this.#bench.resource({ client: interrupted }), KEY, permit);
  }
}

function chosen<T>(list: readonly T[], pick: number): T | undefined {
  return list[pick % list.length];
}

/** Each write that changes the item makes a record, with the item before it and after it. */
function recordsOf({ initial, values, sequences }: History): EpochRecord[] {
  let before = itemOf(initial);
  return sequences
    .toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
    .flatMap((number, index): EpochRecord[] => {
      const after = itemOf(values[index]);
      if (sameContent(before, after)) return [];
      const images = { ...(before ? { before } : {}), ...(after ? { after } : {}) };
      before = after;
      const rest = { key: KEY, sequence: number, createdSecond: SECOND + index, byTimeToLive: false };
      return [{ epoch: 1, change: { ...images, ...rest } }];
    });
}

/** A cell without the second of its version: that of a repair is its own. */
function timeless(cell: Item | undefined): Item | undefined {
  const value = cell?.[RESERVED]?.S;
  return cell && { ...cell, [RESERVED]: { S: value?.slice(0, PREFIX_LENGTH + 1) ?? '' } };
}

function itemOf(value: string | undefined): Item | undefined {
  return value === undefined ? undefined : item('a', value);
}

it(
  'repairs, copies and records together end with the last record, and nothing that comes again undoes it',
  { timeout: 60_000 },
  () =>
    fc.assert(
      fc.asyncProperty(
        history,
        fc.array(fc.oneof(simple, repair), { maxLength: 10 }),
        fc.nat(),
        async (written, moves, order) => {
          const initial = itemOf(written.initial);
          await onBench(
            async (bench) => {
              bench.target.refuses = ({ v }) => (v?.S === POISON ? 'of another type' : undefined);
              const migration = new Migration(bench, recordsOf(written));
              for (const move of moves) await migration.move(move);
              await migration.finish(order);
              const [cell] = bench.target.items();
              const largest = cellsOfLargest(migration.made).get('a');
              if (largest) expect(timeless(cell)).toEqual(timeless(largest));
              else expect(cell && withoutAttribute(cell, RESERVED)).toEqual(initial);
              expect(await bench.listed('quarantine')).toEqual([]);
              await migration.deliverAll();
              expect(bench.target.items()).toEqual(cell ? [cell] : []);
            },
            { source: initial ? [initial] : [] },
          );
        },
      ),
      { numRuns: 300 },
    ),
);
