import type { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { S3 } from '../../../../shared/clients.ts';
import { compareKeys } from '../../../../shared/stores/s3/s3-key.ts';
import { planRanges, type Ranges } from '../../../../shared/stores/s3/s3-ranges.ts';

/** A bucket of nothing but a listing, which counts its requests. */
class Listing {
  requests = 0;
  readonly #keys: readonly string[];

  constructor(keys: readonly string[]) {
    this.#keys = keys.toSorted(compareKeys);
  }

  readonly client = {
    send: async ({ input }: ListObjectsV2Command) => {
      this.requests++;
      const { StartAfter = '', MaxKeys = 1_000, Prefix = '' } = input;
      const after = this.#keys.filter((key) => key.startsWith(Prefix) && compareKeys(key, StartAfter) > 0);
      return {
        Contents: after
          .slice(0, MaxKeys)
          .map((key) => ({ Key: encodeURIComponent(key), Size: 10, ETag: '"e"' })),
        EncodingType: 'url',
        IsTruncated: after.length > MaxKeys,
      };
    },
  } as unknown as S3;

  plan(wanted: number, prefix = ''): Promise<Ranges> {
    return planRanges(this.client, { bucket: 'b', prefix }, wanted);
  }

  /** Objects in each range, of all below a prefix. */
  counts({ bounds }: Ranges, prefix = ''): number[] {
    const counts = Array.from({ length: bounds.length + 1 }, () => 0);
    for (const key of this.#keys.filter((one) => one.startsWith(prefix))) {
      const range = bounds.findIndex((bound) => compareKeys(key.slice(prefix.length), bound) <= 0);
      const index = range < 0 ? bounds.length : range;
      counts[index] = (counts[index] ?? 0) + 1;
    }
    return counts;
  }
}

const numbered = (count: number, name: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => name(index));
const padded = (index: number) => String(index).padStart(8, '0');
const hex = (index: number) => ((index * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0');

describe('cutting the keys of a prefix into ranges', () => {
  const FLAT: Readonly<Record<string, string[]>> = {
    'numbers in one flat prefix': numbered(
      40_000,
      (index) => `photos/2024/eu-west-1/image-${padded(index)}.jpg`,
    ),
    'hashes in one flat prefix': numbered(40_000, (index) => `objects/${hex(index)}`),
    'folders by customer': numbered(
      40_000,
      (index) => `customer-${index % 97}/invoices/${padded(index)}.pdf`,
    ),
    'keys beyond the Basic Multilingual Plane': numbered(
      20_000,
      (index) => `${String.fromCodePoint(0x1f300 + (index % 500))}/${padded(index)}`,
    ),
  };
  for (const [what, keys] of Object.entries(FLAT))
    it(`spreads ${what} over all ranges, far from listing them all`, async () => {
      const listing = new Listing(keys);
      const ranges = await listing.plan(8);
      const counts = listing.counts(ranges);
      expect(counts).toHaveLength(8);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(keys.length);
      expect(Math.max(...counts)).toBeLessThan(keys.length / 2);
      // A page shows 1,000 keys; one that only probes shows one.
      expect(listing.requests).toBeLessThan(8 * 40);
    });

  it('estimates objects and bytes from what it saw, within a factor of three for even keys', async () => {
    const listing = new Listing(FLAT['hashes in one flat prefix'] ?? []);
    const { objects, bytes, estimatedFrom } = await listing.plan(16);
    expect(estimatedFrom).toBe('a part of its listing');
    expect(objects / 40_000).toBeGreaterThan(1 / 3);
    expect(objects / 40_000).toBeLessThan(3);
    expect(bytes).toBe(objects * 10);
  });

  it('leaves up to a page of objects in one range, and knows their number exactly', async () => {
    expect(await new Listing(numbered(1_000, padded)).plan(8)).toEqual({
      bounds: [],
      objects: 1_000,
      bytes: 10_000,
    });
  });

  it('plans one range for no objects', async () => {
    expect(await new Listing([]).plan(8)).toEqual({ bounds: [], objects: 0, bytes: 0 });
  });

  it('cuts below the prefix alone, with bounds relative to it', async () => {
    const listing = new Listing([
      ...numbered(5_000, (index) => `a/${padded(index)}`),
      ...numbered(5_000, (index) => `b/${padded(index)}`),
    ]);
    const ranges = await listing.plan(4, 'b/');
    expect(ranges.bounds.every((bound) => !bound.startsWith('b/'))).toBe(true);
    const counts = listing.counts(ranges, 'b/');
    expect(counts).toHaveLength(4);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5_000);
    expect(Math.max(...counts)).toBeLessThan(4_000);
  });

  it('ends with a bounded number of requests where the keys hardly differ', async () => {
    const listing = new Listing(
      numbered(3_000, (index) => `${'x'.repeat(900)}${'y'.repeat(index % 60)}${index}`),
    );
    const ranges = await listing.plan(8);
    const counts = listing.counts(ranges);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3_000);
    expect(listing.requests).toBeLessThan(8 * 40 + 50);
  });
});
