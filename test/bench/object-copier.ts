import { s3Client } from '../../shared/clients.ts';
import { s3Store } from '../../shared/stores/s3/s3.ts';
import { MemoryUploads } from '../contract/s3/memory-uploads.ts';

/**
 * What a worker does with the objects of its unit, in a process of its own, so that its CPU can be compared with that
 * of other programs: lists a page, and copies what is absent. Left out is the journal, one checkpoint for a page.
 */
const [endpoint = '', source = '', target = ''] = process.argv.slice(2);
const client = s3Client({
  ...{ endpoint, region: 'us-east-1', forcePathStyle: true },
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
const [from, to] = [source, target].map((bucket) => ({ bucket, prefix: '' })) as [Place, Place];
const common = { client, bounds: [], uploads: new MemoryUploads() };
const [left, right] = [
  s3Store({ ...common, location: from, other: to }),
  s3Store({ ...common, location: to, other: from }),
];
for (let cursor: string | undefined; ; ) {
  const page = await left.scan({ segment: 0, segments: 1 }, cursor);
  const { rejected } = await right.insertAbsent(page);
  if (rejected.length > 0) throw new Error(`not copied: ${JSON.stringify(rejected[0])}`);
  if (page.next === undefined) break;
  cursor = page.next;
}

interface Place {
  readonly bucket: string;
  readonly prefix: string;
}
