import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { GetObjectCommand, type ListObjectsV2Command, NoSuchKey } from '@aws-sdk/client-s3';
import type { S3 } from '../../../shared/clients.ts';
import type { BucketLocation } from '../../../shared/model.ts';

/** One line of a list: the values of its columns. */
type Line = Readonly<Record<string, unknown>>;

interface ListProps {
  /** Of the list, as its folder is named. */
  readonly at: string;
  readonly sourceBucket: string | undefined;
  /** Lines of each file. */
  readonly files: readonly (readonly object[])[];
  readonly fileFormat?: string;
  /** @default Bucket, and the columns of the first line */
  readonly fileSchema?: string;
  /** In place of the right one. */
  readonly manifest?: string;
}

/**
 * The objects by which S3 Inventory publishes its lists (User Guide, "Locating your inventory list"): its client knows
 * them alone, and counts what is read.
 */
export class PublishedInventory {
  bytesRead = 0;
  readonly objects = new Map<string, Buffer>();
  readonly #location: BucketLocation;
  readonly #listed = new Map<string, readonly string[]>();

  constructor(location: BucketLocation) {
    this.#location = location;
  }

  /** A list that is being made: its folder is there, and its manifest is not. */
  begin(at: string): void {
    this.objects.set(`${this.#location.prefix}/${at}/manifest.checksum`, Buffer.from('0'));
  }

  publish({ at, sourceBucket, files, fileFormat = 'CSV', fileSchema, manifest }: ListProps): void {
    const { bucket, prefix } = this.#location;
    const columns = ['Bucket', ...Object.keys((files[0]?.[0] as Line | undefined) ?? { Key: '', Size: 0 })];
    const listed = files.map((lines, index) => {
      const key = `${prefix}/data/${at}-${index}.csv.gz`;
      const body = gzipSync(
        lines.map((line) => `${lineOf({ Bucket: sourceBucket, ...line }, columns)}\n`).join(''),
      );
      this.objects.set(key, body);
      return { key, size: body.length, MD5checksum: '' };
    });
    const whole = {
      sourceBucket,
      destinationBucket: `arn:aws:s3:::${bucket}`,
      version: '2016-11-30',
      creationTimestamp: '1514944800000',
      fileFormat,
      fileSchema: fileSchema ?? columns.join(', '),
      files: listed,
    };
    this.objects.set(`${prefix}/${at}/manifest.json`, Buffer.from(manifest ?? JSON.stringify(whole)));
  }

  /** What a bucket has, in order. */
  list(bucket: string, keys: readonly string[]): void {
    this.#listed.set(bucket, keys);
  }

  lose(names: RegExp): void {
    for (const key of [...this.objects.keys()].filter((one) => names.test(one))) this.objects.delete(key);
  }

  readonly client = {
    send: async (command: GetObjectCommand | ListObjectsV2Command) => {
      const listed = this.#listed.get(command.input.Bucket ?? '');
      if (listed) return pageOf(listed, command as ListObjectsV2Command);
      if (command.input.Bucket !== this.#location.bucket) throw new Error(`bucket ${command.input.Bucket}`);
      return command instanceof GetObjectCommand
        ? this.#get(command)
        : this.#list(command as ListObjectsV2Command);
    },
  } as unknown as S3;

  #get({ input: { Key = '', Range } }: GetObjectCommand) {
    const whole = this.objects.get(Key);
    if (!whole) throw new NoSuchKey({ message: Key, $metadata: {} });
    const end = Range === undefined ? whole.length : Number(/^bytes=0-(\d+)$/.exec(Range)?.[1]) + 1;
    const bytes = whole.subarray(0, end);
    this.bytesRead += bytes.length;
    // In the small pieces in which a network brings it.
    const pieces = Array.from({ length: Math.ceil(bytes.length / 1_000) }, (_, index) =>
      bytes.subarray(index * 1_000, (index + 1) * 1_000),
    );
    return { Body: Object.assign(Readable.from(pieces), { transformToString: async () => String(bytes) }) };
  }

  /** One folder on a page. */
  #list({ input: { Prefix: prefix = '', ContinuationToken = '0' } }: ListObjectsV2Command) {
    const below = [...this.objects.keys()].filter((key) => key.startsWith(prefix));
    const folders = below
      .map((key) => key.slice(prefix.length))
      .filter((key) => key.includes('/'))
      .map((key) => `${prefix}${key.slice(0, key.indexOf('/') + 1)}`);
    const distinct = [...new Set(folders)].sort();
    const page = Number(ContinuationToken);
    return {
      CommonPrefixes: distinct.slice(page, page + 1).map((Prefix) => ({ Prefix })),
      ...(page + 1 < distinct.length ? { NextContinuationToken: String(page + 1) } : {}),
    };
  }
}

function pageOf(keys: readonly string[], { input }: ListObjectsV2Command) {
  const { MaxKeys = 1_000, Prefix = '', StartAfter = '' } = input;
  const after = keys.filter((key) => key.startsWith(Prefix) && key > StartAfter);
  return {
    Contents: after.slice(0, MaxKeys).map((key) => ({ Key: key, Size: 10, ETag: '"e"' })),
    IsTruncated: after.length > MaxKeys,
  };
}

/** Each field in quotes, keys encoded as the fields of a form are. */
function lineOf(line: Line, columns: readonly string[]): string {
  const text = (column: string) => {
    const value = String(line[column] ?? '');
    return column === 'Key' ? encodeURIComponent(value).replaceAll('%20', '+').replaceAll('%2F', '/') : value;
  };
  return columns.map((column) => `"${text(column)}"`).join(',');
}
