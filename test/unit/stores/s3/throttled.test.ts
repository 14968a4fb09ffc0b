import { afterEach, describe, expect, it } from 'vitest';
import { s3Store } from '../../../../shared/stores/s3/s3.ts';
import { s3ThrottlingOf } from '../../../../shared/stores/s3/s3-metered.ts';
import { Books } from '../../../contract/books.ts';
import { MemoryUploads } from '../../../contract/s3/memory-uploads.ts';
import { type Refusal, startRecordingS3 } from './recording-s3.ts';

const ETAG = '"0123456789abcdef0123456789abcdef"';
const KEY = { key: { S: 'k' } };
const PAGE = { count: 1, bytes: 0, items: () => [KEY] };
const BUSY = { scope: 'bucket', kind: 'request' };

/** What the SDK makes of refusals, on the wire: the answer to HEAD has no text, and a copy may fail within a success. */
describe('a request that S3 throttles', () => {
  let stop = async () => {};
  afterEach(() => stop());

  async function started(refusals: Readonly<Record<string, readonly Refusal[]>>, maxAttempts = 1) {
    const s3 = await startRecordingS3(ETAG, refusals);
    stop = s3.stop;
    const books = new Books();
    const props = {
      client: s3.client({ maxAttempts }),
      location: { bucket: 'target', prefix: '' },
      other: { bucket: 'source', prefix: '' },
      bounds: [],
      uploads: new MemoryUploads(),
    };
    const store = s3Store({ ...props, meter: books });
    return { books, store, plain: s3Store(props), requests: s3.requests };
  }

  it.each<[string, Readonly<Record<string, readonly Refusal[]>>]>([
    ['a HEAD, whose answer has no text', { HEAD: [{ status: 503 }, { status: 503 }] }],
    ['a copy', { PUT: [{ status: 503, code: 'SlowDown' }] }],
    ['a copy, within an answer that began as a success', { PUT: [{ status: 200, code: 'SlowDown' }] }],
    ['a copy, by a service that is busy', { PUT: [{ status: 503, code: 'ServiceUnavailable' }] }],
  ])('is sent again after a backoff, and the meter is told: %s', async (_, refusals) => {
    const refused = Object.values(refusals).flat().length;
    const { books, store, requests } = await started(refusals);
    expect(await store.insertAbsent(PAGE)).toMatchObject({ inserted: 1 });
    expect(books.throttlings).toEqual(Array.from({ length: refused }, () => BUSY));
    expect(books.backOffs).toEqual(Array.from({ length: refused }, (__, index) => index + 1));
    expect(requests).toHaveLength(2 + refused);
    expect(books.units.request).toBe(requests.length);
    // They are copied once.
    expect(books.units.megabyte).toBe(6);
  });

  it('for the key of its objects tells of the account', async () => {
    const { books, store } = await started({ PUT: [{ status: 400, code: 'KMS.ThrottlingException' }] });
    expect(await store.insertAbsent(PAGE)).toMatchObject({ inserted: 1 });
    expect(books.throttlings).toEqual([{ kind: 'request', scope: 'account' }]);
  });

  it('for a moment is tried again by the SDK: the meter only counts it', async () => {
    const { books, store, requests } = await started({ PUT: [{ status: 503, code: 'SlowDown' }] }, 2);
    expect(await store.insertAbsent(PAGE)).toMatchObject({ inserted: 1 });
    expect(books.throttlings).toEqual([]);
    expect(requests).toHaveLength(3);
    expect(books.units.request).toBe(3);
  });

  it('is known to have had no effect, unless an attempt before it failed otherwise', async () => {
    const known = await started({ PUT: [{ status: 503, code: 'SlowDown' }] });
    await known.store.insertAbsent(PAGE);
    expect(known.store.outcomesKnown()).toBe(true);
    await stop();
    const unknown = await started({ PUT: [{ status: 503, code: 'ServiceUnavailable' }] });
    await unknown.store.insertAbsent(PAGE);
    expect(unknown.store.outcomesKnown()).toBe(false);
  });

  it('is not what fails otherwise: that is thrown, also where its status is the same', async () => {
    const { books, store } = await started({ PUT: [{ status: 200, code: 'InternalError' }] });
    await expect(store.insertAbsent(PAGE)).rejects.toMatchObject({
      name: 'InternalError',
      $metadata: { httpStatusCode: 503 },
    });
    expect(books.throttlings).toEqual([]);
    expect(s3ThrottlingOf(new Error('SlowDown'))).toBeUndefined();
  });

  it('is thrown where nobody meters', async () => {
    const { plain } = await started({ HEAD: [{ status: 503 }] });
    await expect(plain.insertAbsent(PAGE)).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  });
});
