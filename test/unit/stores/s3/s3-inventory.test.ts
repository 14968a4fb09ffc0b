import { describe, expect, it } from 'vitest';
import { rangesOfInventory } from '../../../../shared/stores/s3/s3-inventory.ts';
import { compareKeys } from '../../../../shared/stores/s3/s3-key.ts';
import type { Ranges } from '../../../../shared/stores/s3/s3-ranges.ts';
import { PublishedInventory } from '../../../contract/s3/published-inventory.ts';

const PHOTOS = { bucket: 'photos', prefix: 'a/' };
const LISTS = { bucket: 'lists', prefix: 'daily/photos/all' };
const YESTERDAY = '2026-11-21T01-00Z';
const TODAY = '2026-11-22T01-00Z';

const hex = (index: number) => ((index * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0');
const keys = (count: number, key = hex) => Array.from({ length: count }, (_, index) => key(index));
/** Some files, as different in size as those of S3 are. */
const inFiles = <T>(list: readonly T[]) => [
  list.slice(0, list.length / 10),
  list.slice(list.length / 10, list.length / 2),
  list.slice(list.length / 2),
];
const objects = (relative: readonly string[], size = 10) =>
  relative.map((key) => ({ Key: `a/${key}`, Size: size }));

/** How many of some keys each range holds. */
function counts({ bounds }: Ranges, relative: readonly string[]): number[] {
  const found = Array.from({ length: bounds.length + 1 }, () => 0);
  for (const key of relative) {
    const range = bounds.findIndex((bound) => compareKeys(key, bound) <= 0);
    const index = range < 0 ? bounds.length : range;
    found[index] = (found[index] ?? 0) + 1;
  }
  return found;
}

function published(lines: readonly (readonly object[])[], options = {}): PublishedInventory {
  const inventory = new PublishedInventory(LISTS);
  inventory.publish({ at: TODAY, sourceBucket: 'photos', files: lines, ...options });
  return inventory;
}

/** Of a list that is too long to be read whole. */
const LONG = { wholeBytes: 1_000, beginningBytes: 30_000, files: 2, milliseconds: 60_000 };
const cut = ({ client }: PublishedInventory, wanted = 16, limits?: typeof LONG) =>
  rangesOfInventory(client, LISTS, PHOTOS, wanted, limits);

describe('cutting the keys of a prefix by an inventory list', () => {
  const MANY = keys(40_000);

  it.each([
    ['in no order', MANY],
    ['in order', MANY.toSorted(compareKeys)],
  ])('makes ranges of the same size of a list whose lines come %s', async (_, listed) => {
    const ranges = await cut(published(inFiles(objects(listed))));
    expect(ranges).toMatchObject({ objects: 40_000, bytes: 400_000 });
    expect(ranges.estimatedFrom).toBe(`the inventory list of ${TODAY}`);
    const found = counts(ranges, MANY);
    expect(found).toHaveLength(16);
    expect(Math.max(...found) / Math.min(...found)).toBeLessThan(1.05);
  });

  it('reads the beginnings of the files of a very long list, and tells from them how much there is', async () => {
    const inventory = published(inFiles(objects(MANY)));
    const ranges = await cut(inventory, 16, LONG);
    expect(inventory.bytesRead).toBeLessThan(80_000);
    expect(Math.abs(ranges.objects - 40_000)).toBeLessThan(8_000);
    const found = counts(ranges, MANY);
    expect(found).toHaveLength(16);
    expect(Math.max(...found) / Math.min(...found)).toBeLessThan(2);
  });

  it('probes the listing behind the beginnings of files that are in order', async () => {
    const sorted = MANY.toSorted(compareKeys);
    const inventory = published(inFiles(objects(sorted)));
    inventory.list(
      'photos',
      sorted.map((key) => `a/${key}`),
    );
    const ranges = await cut(inventory, 16, { ...LONG, files: 3 });
    expect(Math.abs(ranges.objects - 40_000)).toBeLessThan(8_000);
    const found = counts(ranges, MANY);
    expect(found).toHaveLength(16);
    expect(Math.max(...found)).toBeLessThan(6_000);
  });

  it('gives up a list that takes too long', async () => {
    const endless = { ...LONG, milliseconds: -1 };
    await expect(cut(published([objects(MANY)]), 16, endless)).rejects.toThrow(
      'it takes too long to be read',
    );
  });

  it('keeps no more of a long list than it needs', async () => {
    const listed = keys(250_000);
    const found = counts(await cut(published(inFiles(objects(listed)))), listed);
    expect(Math.max(...found) / Math.min(...found)).toBeLessThan(1.05);
  });

  it('counts what lies below the prefix, under whatever name', async () => {
    const special = ['a b', 'a+b', 'a%b', 'a"b,c', 'ä', 'line\nbreak'];
    const listed = [...objects(special), { Key: 'elsewhere', Size: 5 }, { Key: 'a/', Size: 0 }];
    expect(await cut(published([listed]))).toMatchObject({ bounds: [], objects: 6, bytes: 60 });
  });

  it('has bounds that are keys, decoded', async () => {
    const named = keys(4_000, (index) => `ä b/${String(index).padStart(6, '0')}`);
    const { bounds } = await cut(published([objects(named)]), 4);
    expect(bounds).toEqual(['ä b/000999', 'ä b/001999', 'ä b/002999']);
  });

  it('cuts nothing within a thousand objects', async () => {
    expect(await cut(published([objects(keys(1_999))]))).toMatchObject({ bounds: [], objects: 1_999 });
  });

  it('counts the current versions of a list of all, and no delete marker', async () => {
    const version = { IsLatest: 'true', IsDeleteMarker: 'false' };
    const of = (Key: string, fields: object) => ({ Key: `a/${Key}`, ...version, ...fields, Size: 10 });
    const listed = [of('1', {}), of('1', { IsLatest: 'false' }), of('2', { IsDeleteMarker: 'true' })];
    expect(await cut(published([listed]))).toMatchObject({ objects: 1, bytes: 10 });
  });
});

describe('the list that is read', () => {
  it('is the newest that has a manifest', async () => {
    const inventory = published([objects(keys(3))], { at: YESTERDAY });
    inventory.begin(TODAY);
    expect((await cut(inventory)).estimatedFrom).toBe(`the inventory list of ${YESTERDAY}`);
    inventory.publish({ at: TODAY, sourceBucket: 'photos', files: [objects(keys(5))] });
    expect(await cut(inventory)).toMatchObject({
      objects: 5,
      estimatedFrom: `the inventory list of ${TODAY}`,
    });
  });

  it.each([
    ['a trailing slash', 'daily/photos/all/', 'daily/photos/all'],
    ['no destination prefix', 'photos/all', 'photos/all'],
  ])('is found with %s', async (_, named, prefix) => {
    const inventory = new PublishedInventory({ bucket: 'lists', prefix });
    inventory.publish({ at: TODAY, sourceBucket: 'photos', files: [objects(keys(2))] });
    const location = { bucket: 'lists', prefix: named };
    expect(await rangesOfInventory(inventory.client, location, PHOTOS, 4)).toMatchObject({ objects: 2 });
  });

  it.each([
    ['is not there yet', new PublishedInventory(LISTS), 'no list has been published there yet'],
    ['has no file', published([]), 'it has no object below s3://photos/a/'],
    ['lists other prefixes', published([[{ Key: 'b/x', Size: 1 }]]), 'it has no object below s3://photos/a/'],
    ['is of another bucket', published([[]], { sourceBucket: 'films' }), 'it lists films'],
    ['has another format', published([[]], { fileFormat: 'ORC' }), 'its format is ORC; CSV is read'],
    ['tells no keys', published([[{ Size: 1 }]], { fileSchema: 'Size' }), 'it has no column Key: Size'],
    [
      'has a manifest that is none',
      published([[]], { sourceBucket: undefined }),
      /manifest\.json is no manifest: .*sourceBucket/s,
    ],
    ['has a manifest that is no JSON', published([[]], { manifest: '{' }), /manifest\.json is no JSON/],
  ])('can not be used when it %s', async (_, inventory, message) => {
    await expect(cut(inventory)).rejects.toThrow(message);
  });

  it('can not be used when a file of it is gone', async () => {
    const inventory = published([objects(keys(3))]);
    inventory.lose(/data\//);
    await expect(cut(inventory)).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('can not be used when only none of the newest has a manifest', async () => {
    const inventory = new PublishedInventory(LISTS);
    inventory.begin(TODAY);
    await expect(cut(inventory)).rejects.toThrow('none of the newest lists has a manifest');
  });
});
