import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { locationName } from '../../bucket-location.ts';
import { MEGABYTE } from '../../capacity.ts';
import type { S3 } from '../../clients.ts';
import { isNamed } from '../../errors.ts';
import type { BucketLocation } from '../../model.ts';
import { inParallel } from '../../parallel.ts';
import { InventoryColumns } from './s3-inventory-columns.ts';
import { compareKeys } from './s3-key.ts';
import { KeySample } from './s3-key-sample.ts';
import { planRanges, type Ranges } from './s3-ranges.ts';

// S3 Inventory publishes a list of a bucket every day or week, in files of compressed CSV that a manifest names (User
// Guide, "Locating your inventory list"). No order of their lines is documented. A list is as old as it says, and that
// is enough: what is cut by it are ranges of keys, which hold whatever stands there by now.

interface InventoryLimits {
  /** Of a list that is read whole, compressed. */
  readonly wholeBytes: number;
  /** What is read of each file of a larger one. */
  readonly beginningBytes: number;
  /** Of how many of them. */
  readonly files: number;
  /** A list that takes longer is given up. */
  readonly milliseconds: number;
}

/** At most two million objects, about ten seconds of a worker. Of larger lists some thousand objects of each file. */
const LIMITS: InventoryLimits = {
  wholeBytes: 64 * MEGABYTE,
  beginningBytes: MEGABYTE / 4,
  files: 256,
  milliseconds: 40_000,
};
const FILES_IN_FLIGHT = 8;
/** Lists that are still being published have no manifest yet. */
const MOST_LISTS = 3;
const FOLDER = /^\d{4}-\d\d-\d\dT\d\d-\d\dZ\/$/;

const manifestSchema = z.object({
  sourceBucket: z.string(),
  fileFormat: z.string(),
  fileSchema: z.string(),
  files: z.array(z.object({ key: z.string(), size: z.number() })),
});

type Manifest = z.infer<typeof manifestSchema>;

/** A list of S3 Inventory that ranges can't be cut by, and why. */
export class InventoryError extends Error {
  override readonly name = 'InventoryError';
}

/**
 * Cuts the keys of a side into ranges of about the same number of objects, by the newest list that S3 Inventory has
 * published of its bucket.
 * @param inventory where its lists are published: `<destination prefix>/<source bucket>/<name of the configuration>`.
 * @param wanted how many ranges at most.
 * @throws InventoryError, and what S3 throws: then the listing itself has to be probed.
 */
export async function rangesOfInventory(
  client: S3,
  inventory: BucketLocation,
  location: BucketLocation,
  wanted: number,
  limits = LIMITS,
): Promise<Ranges> {
  const { folder, manifest } = await newestList(client, inventory);
  const columns = columnsOf(manifest, location);
  const all = manifest.files.filter(({ size }) => size > 0);
  const isWhole = bytesOf(all) <= limits.wholeBytes;
  const files = isWhole ? all : evenly(all, limits.files);
  const share = bytesOf(files) / bytesOf(all);
  const until = Date.now() + limits.milliseconds;
  const sample = new KeySample();
  const firsts: string[] = [];
  let isSorted = true;
  await inParallel(files, FILES_IN_FLIGHT, async ({ key, size }) => {
    const most = isWhole ? size : Math.min(size, limits.beginningBytes);
    const weight = size / most / share;
    let last: string | undefined;
    await readLines(client, { bucket: inventory.bucket, key, size, most, until }, (line) => {
      const object = columns.objectOf(line);
      if (!object) return;
      sample.add(object, weight);
      if (last === undefined) firsts.push(object.key);
      else isSorted &&= last <= object.key;
      last = object.key;
    });
  });
  if (firsts.length === 0) throw new InventoryError(`it has no object below ${locationName(location)}`);
  const estimated = { ...sample.ranges(wanted), estimatedFrom: `the inventory list of ${folder}` };
  if (isWhole || !isSorted) return estimated;
  // Where each file is in order its beginning tells of nothing behind it: between two of them the listing is probed.
  const seeds = evenly(firsts.sort(compareKeys).slice(1), wanted - 1);
  return { ...estimated, bounds: (await planRanges(client, location, wanted, seeds)).bounds };
}

async function newestList(client: S3, { bucket, prefix }: BucketLocation) {
  const below = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  const folders = await foldersBelow(client, bucket, below);
  if (folders.length === 0) throw new InventoryError('no list has been published there yet');
  for (const folder of folders.toReversed().slice(0, MOST_LISTS)) {
    const manifest = await readManifest(client, bucket, `${folder}manifest.json`);
    if (manifest) return { folder: folder.slice(below.length, -1), manifest };
  }
  throw new InventoryError('none of the newest lists has a manifest');
}

/** Those of lists, which are named by their dates, the newest last. */
async function foldersBelow(client: S3, bucket: string, prefix: string): Promise<string[]> {
  const folders: string[] = [];
  let token: string | undefined;
  do {
    const { CommonPrefixes = [], NextContinuationToken } = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        Delimiter: '/',
        ...(token === undefined ? {} : { ContinuationToken: token }),
      }),
    );
    folders.push(...CommonPrefixes.map(({ Prefix = '' }) => Prefix));
    token = NextContinuationToken;
  } while (token !== undefined);
  return folders.filter((folder) => FOLDER.test(folder.slice(prefix.length))).sort();
}

async function readManifest(client: S3, Bucket: string, Key: string): Promise<Manifest | undefined> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    const parsed = manifestSchema.safeParse(JSON.parse((await Body?.transformToString()) ?? ''));
    if (parsed.success) return parsed.data;
    throw new InventoryError(`${Key} is no manifest: ${z.prettifyError(parsed.error)}`);
  } catch (error) {
    if (isNamed(error, 'NoSuchKey')) return undefined;
    if (error instanceof SyntaxError) throw new InventoryError(`${Key} is no JSON: ${error.message}`);
    throw error;
  }
}

/** @throws InventoryError when the list is of another bucket, or can't be read. */
function columnsOf({ sourceBucket, fileFormat, fileSchema }: Manifest, location: BucketLocation) {
  if (sourceBucket !== location.bucket) throw new InventoryError(`it lists ${sourceBucket}`);
  if (fileFormat !== 'CSV') throw new InventoryError(`its format is ${fileFormat}; CSV is read`);
  const columns = InventoryColumns.of(fileSchema, location.prefix);
  if (!columns) throw new InventoryError(`it has no column Key: ${fileSchema}`);
  return columns;
}

interface Beginning {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  /** How many of its bytes are read. */
  readonly most: number;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Reads the beginning of a compressed file, and hands out each whole line. */
async function readLines(
  client: S3,
  { bucket, key, size, most, until }: Beginning,
  take: (line: string) => void,
): Promise<void> {
  const isPart = most < size;
  const { Body } = await client.send(
    new GetObjectCommand({ Bucket: bucket, Key: key, ...(isPart ? { Range: `bytes=0-${most - 1}` } : {}) }),
  );
  // The beginning of a compressed file ends in the middle of it.
  const decompress = createGunzip(isPart ? { finishFlush: constants.Z_SYNC_FLUSH } : {});
  await pipeline(Body as Readable, decompress, async (texts: AsyncIterable<Buffer>) => {
    let rest = '';
    for await (const text of texts) {
      if (Date.now() > until) throw new InventoryError('it takes too long to be read');
      // Keys are encoded: all is ASCII.
      const lines = `${rest}${text.toString('latin1')}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) take(line);
    }
    if (!isPart) take(rest);
  });
}

function bytesOf(files: Manifest['files']): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** Some of a list, as far apart as they can be. */
function evenly<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  return Array.from({ length: most }, (_, index) => list[Math.floor((index * list.length) / most)] as T);
}
