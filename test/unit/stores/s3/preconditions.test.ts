import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cell } from '../../../../shared/model.ts';
import { type S3StoreProps, s3Store } from '../../../../shared/stores/s3/s3.ts';
import type { Store } from '../../../../shared/stores/store.ts';
import { MemoryUploads } from '../../../contract/s3/memory-uploads.ts';
import { startRecordingS3, type WireRequest } from './recording-s3.ts';

const ETAG = '"0123456789abcdef0123456789abcdef"';
const KEY = { key: { S: 'ä b/c+d%20' } };
const IN_PARTS = { singleBytes: 0, partBytes: 5 * 1024 ** 2 };

/** No emulator looks at all of these headers: what counts is that they are sent. */
describe('the preconditions of writes, on the wire', () => {
  let s3: Awaited<ReturnType<typeof startRecordingS3>>;
  let store: (options?: Partial<S3StoreProps>) => Store;

  beforeEach(async () => {
    s3 = await startRecordingS3(ETAG);
    store = (options) =>
      s3Store({
        client: s3.client(),
        location: { bucket: 'target', prefix: 'to/' },
        other: { bucket: 'source', prefix: 'from/' },
        bounds: [],
        uploads: new MemoryUploads(),
        ...options,
      });
  });
  afterEach(() => s3.stop());

  const writes = () => s3.requests.filter(({ method }) => method !== 'HEAD' && method !== 'GET');

  async function writeOver(seen: Cell, options?: Partial<S3StoreProps>): Promise<void> {
    const [cell] = await store().read([KEY]);
    if (cell?.kind !== 'item') throw new Error('there is no object to be copied');
    await store(options).write({ key: KEY, item: cell.item, when: { kind: 'unchanged', seen } });
  }

  it('copies a page on condition that nothing is there, and that the source is what was seen', async () => {
    await store().insertAbsent({ count: 1, bytes: 0, items: () => [KEY] });
    expect(writes().map(preconditionsOf)).toEqual([
      { 'if-none-match': '*', 'x-amz-copy-source-if-match': ETAG },
    ]);
  });

  it('names source and target of a copy by their encoded keys', async () => {
    await store().insertAbsent({ count: 1, bytes: 0, items: () => [KEY] });
    expect(writes().map(({ url }) => url.split('?')[0])).toEqual(['/target/to/%C3%A4%20b/c%2Bd%2520']);
    expect(writes()[0]?.headers['x-amz-copy-source']).toBe('source/from/%C3%A4%20b/c%2Bd%2520');
  });

  it('copies over an object on condition that it is the one that was seen', async () => {
    const [seen] = await store().read([KEY]);
    await writeOver(seen as Cell);
    expect(writes().map(preconditionsOf)).toEqual([{ 'if-match': ETAG, 'x-amz-copy-source-if-match': ETAG }]);
  });

  it('copies to a key without an object on condition that it still has none', async () => {
    await writeOver({ kind: 'absent' });
    expect(writes().map(preconditionsOf)).toEqual([
      { 'if-none-match': '*', 'x-amz-copy-source-if-match': ETAG },
    ]);
  });

  for (const [what, seen, condition] of [
    ['nothing is there', 'absent', { 'if-none-match': '*' }],
    ['the object is the one that was seen', 'object', { 'if-match': ETAG }],
  ] as const)
    it(`copies each part of the object that was seen, and completes on condition that ${what}`, async () => {
      const [cell] = await store().read([KEY]);
      await writeOver(seen === 'absent' ? { kind: 'absent' } : (cell as Cell), IN_PARTS);
      const [begin, ...others] = writes();
      const [end, ...parts] = others.toReversed();
      expect(preconditionsOf(begin as WireRequest)).toEqual({});
      expect(parts.map(preconditionsOf)).toEqual(Array(2).fill({ 'x-amz-copy-source-if-match': ETAG }));
      expect(preconditionsOf(end as WireRequest)).toEqual(condition);
    });

  it('deletes an object on condition that it is the one that was seen', async () => {
    const [seen] = await store().read([KEY]);
    await store().write({ key: KEY, when: { kind: 'unchanged', seen: seen as Cell } });
    expect(writes().map(({ method }) => method)).toEqual(['DELETE']);
    expect(writes().map(preconditionsOf)).toEqual([{ 'if-match': ETAG }]);
  });
});

/** All headers by which a request is conditional. */
function preconditionsOf({ headers }: WireRequest) {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => /^(x-amz-copy-source-)?if-/.test(name)),
  );
}
