import { expect } from 'vitest';
import { itemText } from '../../shared/items.ts';
import { type KeyEntry, type KeyListKind, KeyLists } from '../../shared/journal/key-lists.ts';
import { RecordTable } from '../../shared/journal/table.ts';
import type { Key } from '../../shared/model.ts';
import { type CellKind, versionPrefix, versionValue } from '../../shared/version.ts';
import type { Actor, Bench, Contract } from './judge.ts';
import { losingAnswer } from './lossy-client.ts';
import { createJournalTable } from './record-contract.ts';

const version = (sequence: number, kind: CellKind = 'item') =>
  versionValue(versionPrefix(1, String(sequence)), kind, 1);
const entry = (key: Key, sequence: number, kind?: CellKind): KeyEntry => ({
  resource: 0,
  key,
  version: version(sequence, kind),
});
const KEY: Key = { id: { S: 'a' } };
const ONE_A_KEY: readonly KeyListKind[] = ['quarantine', 'recheck', 'repaired', 'oversize', 'stray'];

async function listsFor(bench: Bench): Promise<(actor?: Actor) => KeyLists> {
  const table = await createJournalTable(bench);
  return ({ client }: Actor = bench) => new KeyLists(new RecordTable(client, table), 'm');
}

const texts = (entries: readonly KeyEntry[]) =>
  entries.map(({ resource, key, version: known }) => `${resource} ${itemText(key)} ${known}`).sort();

/** Lists of keys that need attention: nothing that was listed is lost before it is settled. */
export function listContract({ it, always }: Contract): void {
  for (const kind of ONE_A_KEY) {
    it(`keeps the highest version of a key, whatever comes first (${kind})`, async (bench) => {
      const lists = (await listsFor(bench))();
      for (const sequence of [5, 4, 9, 9, 7]) await lists.add(kind, [entry(KEY, sequence)]);
      expect(await lists.all(kind)).toEqual([entry(KEY, 9)]);
      expect(await lists.find(kind, 0, KEY)).toEqual(entry(KEY, 9));
    });
  }

  it('keeps each tombstone of a key as an entry of its own', async (bench) => {
    const lists = (await listsFor(bench))();
    const tombstones = [5, 4, 9].map((sequence) => entry(KEY, sequence, 'tombstone'));
    for (const tombstone of [...tombstones, ...tombstones]) await lists.add('tombstone', [tombstone]);
    expect(texts(await lists.all('tombstone'))).toEqual(texts(tombstones));
    await lists.remove('tombstone', entry(KEY, 4, 'tombstone'));
    expect(texts(await lists.all('tombstone'))).toEqual(texts([tombstones[0], tombstones[2]] as KeyEntry[]));
  });

  it('removes an entry, unless a newer record has joined it', async (bench) => {
    const lists = (await listsFor(bench))();
    await lists.add('quarantine', [entry(KEY, 5)]);
    await lists.add('quarantine', [entry(KEY, 6)]);
    await lists.remove('quarantine', entry(KEY, 5));
    expect(await lists.all('quarantine')).toEqual([entry(KEY, 6)]);
    await lists.remove('quarantine', entry(KEY, 6));
    await lists.remove('quarantine', entry(KEY, 6));
    expect(await lists.all('quarantine')).toEqual([]);
  });

  it('keeps lists, resources and keys apart, and the reason with each entry', async (bench) => {
    const lists = (await listsFor(bench))();
    const entries: KeyEntry[] = [
      { ...entry(KEY, 1), reason: 'too large' },
      { ...entry(KEY, 2), resource: 1 },
      entry({ id: { N: '1' } }, 3),
      entry({ id: { S: '1' } }, 4),
      entry({ id: { B: Uint8Array.of(49, 255) } }, 5),
      entry({ p: { S: 'x'.repeat(2_048) }, s: { B: new Uint8Array(1_024) } }, 6),
    ];
    await lists.add('quarantine', entries);
    await lists.add('recheck', [entry(KEY, 8)]);
    expect(texts(await lists.all('quarantine'))).toEqual(texts(entries));
    expect((await lists.all('quarantine')).map(({ reason }) => reason).filter(Boolean)).toEqual([
      'too large',
    ]);
    for (const { resource, key, version: known } of entries)
      expect(await lists.find('quarantine', resource, key)).toMatchObject({ version: known });
    expect(await lists.find('oversize', 0, KEY)).toBeUndefined();
  });

  it('gives every entry once, one by one or all at once', async (bench) => {
    const lists = (await listsFor(bench))();
    const entries = Array.from({ length: 120 }, (_, index) => entry({ id: { N: String(index) } }, index + 1));
    await lists.add('recheck', entries);
    expect(texts(await lists.all('recheck'))).toEqual(texts(entries));
    expect(texts(await Array.fromAsync(lists.entries('recheck')))).toEqual(texts(entries));
  });

  it('has listed and removed an entry also when the answer was lost', async (bench) => {
    const listsOf = await listsFor(bench);
    await listsOf(losingAnswer(bench, 'PutItem')).add('quarantine', [entry(KEY, 5)]);
    expect(await listsOf().all('quarantine')).toEqual([entry(KEY, 5)]);
    await listsOf(losingAnswer(bench, 'DeleteItem')).remove('quarantine', entry(KEY, 5));
    expect(await listsOf().all('quarantine')).toEqual([]);
  });

  always('never loses a newer record to the removal of an older one', async (bench) => {
    const listsOf = await listsFor(bench);
    await listsOf().add('quarantine', [entry(KEY, 5)]);
    const results = await bench.together(
      (actor) => listsOf(actor).remove('quarantine', entry(KEY, 5)),
      (actor) => listsOf(actor).add('quarantine', [entry(KEY, 6)]),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(await listsOf().all('quarantine')).toEqual([entry(KEY, 6)]);
  });
}
