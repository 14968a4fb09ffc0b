import { type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { Bookkeeping } from '../../../infra/local/bookkeeping.ts';
import { judge } from '../../../infra/local/judge.ts';
import type { Ledger } from '../../../infra/local/ledger.ts';
import { type Picture, pictureDigest } from '../../../infra/local/pictures/picture.ts';
import { pictureOf } from '../../../infra/local/pictures/picture-bucket.ts';
import { pictureFiles } from '../../../infra/local/pictures/picture-files.ts';
import { PictureWriter } from '../../../infra/local/pictures/picture-writer.ts';
import { PictureWrites } from '../../../infra/local/pictures/picture-writes.ts';
import { Random } from '../../../infra/local/random.ts';

const PLACE = { bucket: 'pictures', prefix: 'emoji/' };
const BYTES = new Uint8Array([1, 2, 3]);
const PICTURE: Picture = { ...pictureOf(BYTES), metadata: { a: '1', b: '2' }, tags: { c: '3' } };

describe('the digest of a picture', () => {
  it('does not depend on the order of metadata', () => {
    expect(pictureDigest({ ...PICTURE, metadata: { b: '2', a: '1' } })).toBe(pictureDigest(PICTURE));
  });

  it.each<[string, Partial<Picture>]>([
    ['one byte', pictureOf(new Uint8Array([1, 2, 4]))],
    ['its type', { type: 'image/webp' }],
    ['its caching', { caching: 'no-store' }],
    ['its metadata', { metadata: { a: '1' } }],
    ['its tags', { tags: {} }],
  ])('changes with %s', (_what, change) => {
    expect(pictureDigest({ ...PICTURE, ...change })).not.toBe(pictureDigest(PICTURE));
  });
});

it('there are real pictures, small and large', () => {
  const files = pictureFiles(Number.MAX_SAFE_INTEGER);
  expect(files).toHaveLength(3_802);
  expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
  expect(Math.max(...files.map(({ size }) => size))).toBeGreaterThan(10 * 2 ** 20);
  const [first] = pictureFiles(3);
  expect(first?.bytes().subarray(1, 4)).toEqual(Buffer.from('PNG'));
});

/** A client that gives these answers, one after the other, and notes what it was asked. */
function scripted(...answers: (object | Error)[]) {
  const asked: string[] = [];
  const client = {
    send: async (command: object) => {
      asked.push(command.constructor.name.replace(/Command$/, ''));
      const answer = answers.shift() ?? {};
      if (answer instanceof Error) throw answer;
      return { $metadata: {}, ...answer };
    },
  } as unknown as S3Client;
  return { writes: new PictureWrites(client, PLACE), asked };
}

function refusal(name: string, attempts = 1): Error {
  return new S3ServiceException({ name, $fault: 'client', message: name, $metadata: { attempts } });
}

describe('a write of a picture', () => {
  it('is refused by a condition that does not hold', async () => {
    const { writes, asked } = scripted(refusal('PreconditionFailed'));
    expect(await writes.create('a', PICTURE, BYTES)).toEqual({ kind: 'refused', attempts: 1 });
    expect(asked).toEqual(['PutObject']);
  });

  it('shows what stands in the way when its own first attempt may be the cause', async () => {
    const stands = {
      Body: { transformToByteArray: async () => BYTES },
      ...{ ContentType: PICTURE.type, CacheControl: PICTURE.caching, Metadata: PICTURE.metadata },
    };
    const { writes } = scripted(refusal('PreconditionFailed', 2), stands, {
      TagSet: [{ Key: 'c', Value: '3' }],
    });
    expect(await writes.create('a', PICTURE, BYTES)).toEqual({
      ...{ kind: 'refused', attempts: 2 },
      shown: { content: PICTURE },
    });
  });

  it('in parts is begun again when its upload is gone', async () => {
    const { writes, asked } = scripted({ UploadId: '1' }, refusal('NoSuchUpload'));
    expect(await writes.upload('a', PICTURE, BYTES)).toMatchObject({ kind: 'acknowledged' });
    expect(writes.uploadsBegunAgain).toBe(1);
    const upload = ['CreateMultipartUpload', 'UploadPart'];
    expect(asked).toEqual([...upload, 'AbortMultipartUpload', ...upload, 'CompleteMultipartUpload']);
  });

  it('of several at once fails when one of them was not deleted', async () => {
    const { writes } = scripted({ Errors: [{ Key: 'emoji/b', Code: 'InternalError' }] });
    await expect(writes.removeAll(['a', 'b'])).rejects.toThrow('emoji/b');
  });
});

const CALM: Ledger = {
  ...new Bookkeeping().close(),
  records: [],
};

describe('the count of pictures', () => {
  const before = pictureDigest(PICTURE);
  const after = pictureDigest({ ...PICTURE, tags: {} });
  const written = {
    key: 'a',
    expected: [after],
    states: [before, after].map((digest) => ({ digest, at: 0 })),
  };
  const kinds = (source: Record<string, string>, target: Record<string, string>) =>
    judge({
      source: { digests: new Map(Object.entries(source)) },
      target: { digests: new Map(Object.entries(target)) },
      ledger: { ...CALM, records: [written] },
      seeded: { digests: new Map([['still', before]]) },
    }).findings.map(({ kind, side, key }) => `${kind} on the ${side}: ${key}`);

  it('finds nothing when both sides hold what was acknowledged', () => {
    const sides = { a: after, still: before };
    expect(kinds(sides, sides)).toEqual([]);
  });

  it('finds tags that were lost, objects that are missing, changed or nobody wrote', () => {
    expect(kinds({ a: after, still: before }, { a: before, still: after, more: after })).toEqual([
      'lost on the target: a',
      'differing on the target: still',
      'surplus on the target: more',
    ]);
    expect(kinds({ a: after }, { a: after, still: before })).toEqual(['lost on the source: still']);
  });
});

it('a writer knows what it wrote: a bucket that keeps everything contradicts nothing', async () => {
  const objects = new Map<string, Picture>();
  const done = async () => ({ kind: 'acknowledged', attempts: 1 }) as const;
  const put = (key: string, picture: Picture) => {
    objects.set(key, picture);
    return done();
  };
  const refused = async () => ({ kind: 'refused', attempts: 1 }) as const;
  const writes = {
    ...{ put, replace: put, upload: put },
    create: (key: string, picture: Picture) => (objects.has(key) ? refused() : put(key, picture)),
    copy: (from: string, key: string) => put(key, objects.get(from) as Picture),
    tag: (key: string, tags: Picture['tags']) => put(key, { ...(objects.get(key) as Picture), tags }),
    remove: (key: string) => {
      objects.delete(key);
      return done();
    },
    removeAll: (keys: readonly string[]) => {
      for (const key of keys) objects.delete(key);
      return done();
    },
  } as unknown as PictureWrites;
  const books = new Bookkeeping();
  const writer = new PictureWriter({
    ...{ name: 'w1', writes, books, random: new Random(7), pictures: [], files: pictureFiles(5) },
    read: async (key) => objects.get(key),
  });
  for (let step = 0; step < 500; step++) await writer.step();
  expect(books).toMatchObject({ failures: [], contradictions: [], twice: [] });
  expect(books.refused).toBeGreaterThan(0);
  const digests = new Map([...objects].map(([key, picture]) => [key, pictureDigest(picture)]));
  const ledger = { ...books.close(), records: writer.ledger() };
  expect(judge({ target: { digests }, ledger }).findings).toEqual([]);
  digests.delete([...objects.keys()][0] as string);
  expect(judge({ target: { digests }, ledger }).findings).toMatchObject([{ kind: 'lost' }]);
});
