import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type UploadPartCopyCommandInput,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { newWorld, objectRequests, refused } from './object-requests.ts';

const { currentWorld, request, put, head, stored, body } = objectRequests();
const md5 = (content: string | Buffer) => createHash('md5').update(content).digest();
const TARGET = { Bucket: 'target', Key: 'a' };

const create = async (rest: Partial<CreateMultipartUploadCommandInput> = {}): Promise<string> =>
  (await request((s3) => s3.send(new CreateMultipartUploadCommand({ ...TARGET, ...rest })))).UploadId ?? '';
const upload = (UploadId: string, PartNumber: number, Body: string, Bucket = 'target') =>
  request((s3) => s3.send(new UploadPartCommand({ ...TARGET, Bucket, UploadId, PartNumber, Body })));
const copyPart = (UploadId: string, rest: Partial<UploadPartCopyCommandInput> = {}) =>
  request((s3) =>
    s3.send(
      new UploadPartCopyCommand({ ...TARGET, UploadId, PartNumber: 1, CopySource: 'source/a', ...rest }),
    ),
  );
const complete = (
  UploadId: string,
  Parts: CompletedPart[],
  rest: Partial<CompleteMultipartUploadCommandInput> = {},
) =>
  request((s3) =>
    s3.send(new CompleteMultipartUploadCommand({ ...TARGET, UploadId, MultipartUpload: { Parts }, ...rest })),
  );
const abort = (UploadId: string) =>
  request((s3) => s3.send(new AbortMultipartUploadCommand({ ...TARGET, UploadId })));

/** Uploads these parts, from number 1 on. */
async function uploadAll(UploadId: string, bodies: readonly string[], bucket = 'target') {
  const parts: CompletedPart[] = [];
  for (const [index, content] of bodies.entries())
    parts.push({ ...(await upload(UploadId, index + 1, content, bucket)), PartNumber: index + 1 });
  return parts;
}

describe('a multipart upload', () => {
  it('becomes an object when it is complete, and is gone then', async () => {
    const id = await create();
    const parts = await uploadAll(id, ['1234', '5678', '9']);
    expect(stored('target', 'a')).toBeUndefined();
    expect(currentWorld().bucket('target').uploads()).toMatchObject([{ id, key: 'a' }]);
    await complete(id, parts);
    expect(body('target', 'a')).toBe('123456789');
    expect(currentWorld().bucket('target').uploads()).toEqual([]);
  });

  it('gives the MD5 of the MD5s of its parts as ETag, with their number', async () => {
    const id = await create();
    const { ETag } = await complete(id, await uploadAll(id, ['1234', '5678']));
    const expected = md5(Buffer.concat([md5('1234'), md5('5678')])).toString('hex');
    expect(ETag).toBe(`"${expected}-2"`);
  });

  it('encrypted with KMS gives an ETag that is no MD5', async () => {
    const id = await create({ Bucket: 'kms' });
    const parts = await uploadAll(id, ['1234', '5678'], 'kms');
    const { ETag } = await complete(id, parts, { Bucket: 'kms' });
    expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    expect(ETag).not.toContain(md5(Buffer.concat([md5('1234'), md5('5678')])).toString('hex'));
  });

  it('carries what was said when it was created', async () => {
    const content = { ContentType: 'text/plain', Metadata: { a: '1' }, CacheControl: 'no-cache' };
    const settings = {
      StorageClass: 'STANDARD_IA',
      WebsiteRedirectLocation: '/b',
    } as const;
    const acl = { ACL: 'public-read' } as const;
    const id = await create({ ...content, ...settings, ...acl, Tagging: 't=1' });
    await complete(id, await uploadAll(id, ['1']));
    expect(stored('target', 'a')).toMatchObject({ content, settings, acl, tags: { t: '1' } });
  });

  it('carries nothing of the sources of its parts', async () => {
    await put('a', 'text', { ContentType: 'text/plain', Metadata: { a: '1' }, Tagging: 't=1' });
    const id = await create();
    const { CopyPartResult } = await copyPart(id);
    await complete(id, [{ ...CopyPartResult, PartNumber: 1 }]);
    expect(stored('target', 'a')).toMatchObject({
      content: { ContentType: 'binary/octet-stream' },
      tags: {},
    });
    expect(stored('target', 'a')?.content.Metadata).toEqual({});
  });

  it('has its beginning as the last modification of its object', async () => {
    const id = await create();
    const [begun] = currentWorld().bucket('target').uploads();
    await currentWorld().run((task) => task.runtime.sleep(60_000));
    await complete(id, await uploadAll(id, ['1']));
    expect(stored('target', 'a')?.lastModifiedMilliseconds).toBe(begun?.initiatedMilliseconds);
  });

  it('replaces a part of the same number, and leaves out parts that are not named', async () => {
    const id = await create();
    await upload(id, 1, 'old!');
    const parts = await uploadAll(id, ['1234', '5678', '9']);
    await complete(
      id,
      parts.filter(({ PartNumber }) => PartNumber !== 2),
    );
    expect(body('target', 'a')).toBe('12349');
  });

  it('that is complete or aborted is no upload any more', async () => {
    const id = await create();
    const parts = await uploadAll(id, ['1']);
    await complete(id, parts);
    await expect(complete(id, parts)).rejects.toMatchObject(refused('NoSuchUpload', 404));
    await expect(abort(id)).rejects.toMatchObject(refused('NoSuchUpload', 404));
    const other = await create();
    await abort(other);
    expect(currentWorld().bucket('target').uploads()).toEqual([]);
    await expect(upload(other, 1, 'x')).rejects.toMatchObject(refused('NoSuchUpload', 404));
    await expect(
      request((s3) => s3.send(new ListPartsCommand({ ...TARGET, UploadId: other }))),
    ).rejects.toMatchObject(refused('NoSuchUpload', 404));
  });

  it.each<[string, (parts: CompletedPart[]) => CompletedPart[], string]>([
    ['with a part that is too small before the last', (parts) => parts, 'EntityTooSmall'],
    [
      'with parts in the wrong order',
      ([first, second]) => [second, first] as CompletedPart[],
      'InvalidPartOrder',
    ],
    ['with a part of another ETag', ([first]) => [{ ...first, ETag: '"other"' }], 'InvalidPart'],
    ['with a part that was not uploaded', ([first]) => [{ ...first, PartNumber: 7 }], 'InvalidPart'],
    ['without parts', () => [], 'MalformedXML'],
  ])('is not completed %s', async (_, choose, name) => {
    const id = await create();
    const parts = await uploadAll(id, ['123', '4567']);
    await expect(complete(id, choose(parts))).rejects.toMatchObject(refused(name, 400));
    expect(stored('target', 'a')).toBeUndefined();
    expect(currentWorld().bucket('target').uploads()).toHaveLength(1);
  });

  it('is not completed with another size than it is told', async () => {
    const id = await create();
    const parts = await uploadAll(id, ['1234', '5']);
    await expect(complete(id, parts, { MpuObjectSize: 6 })).rejects.toMatchObject(
      refused('InvalidRequest', 400),
    );
    await complete(id, parts, { MpuObjectSize: 5 });
  });

  it('is judged by its preconditions when it is completed, and stays open if they do not hold', async () => {
    const { ETag } = await put('a', 'old', { Bucket: 'target' });
    const id = await create();
    const parts = await uploadAll(id, ['new']);
    await expect(complete(id, parts, { IfNoneMatch: '*' })).rejects.toMatchObject(
      refused('PreconditionFailed', 412),
    );
    await expect(complete(id, parts, { IfMatch: '"other"' })).rejects.toMatchObject(
      refused('PreconditionFailed', 412),
    );
    expect(body('target', 'a')).toBe('old');
    await complete(id, parts, { IfMatch: ETag });
    expect(body('target', 'a')).toBe('new');
    const other = await create({ Key: 'b' });
    const { ETag: ofPart } = await request((s3) =>
      s3.send(
        new UploadPartCommand({ Bucket: 'target', Key: 'b', UploadId: other, PartNumber: 1, Body: 'x' }),
      ),
    );
    const Parts = [{ ETag: ofPart, PartNumber: 1 }];
    await expect(complete(other, Parts, { Key: 'b', IfMatch: ETag })).rejects.toMatchObject(
      refused('NoSuchKey', 404),
    );
  });

  it('may be gone after a conflict or not', async () => {
    const left = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const world = newWorld(seed, { interleaved: 1, conditionalConflict: 1 });
      let conflict = false;
      await world.run(async (task) => {
        const s3 = world.s3Client(task);
        const { UploadId } = await s3.send(new CreateMultipartUploadCommand(TARGET));
        const { ETag } = await s3.send(
          new UploadPartCommand({ ...TARGET, UploadId, PartNumber: 1, Body: 'x' }),
        );
        world.scheduler.spawn('other', async (other) => {
          await other.point('writes');
          world.putObject('target', { key: 'a', body: 'theirs' });
        });
        const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
        await s3
          .send(
            new CompleteMultipartUploadCommand({ ...TARGET, UploadId, MultipartUpload, IfNoneMatch: '*' }),
          )
          .catch(({ name }: Error) => {
            conflict = name === 'ConditionalRequestConflict';
          });
      });
      if (conflict) left.add(world.bucket('target').uploads().length);
    }
    expect([...left].toSorted()).toEqual([0, 1]);
  });

  it('may be brought back by a part that was under way when it was aborted', async () => {
    let back = 0;
    for (let seed = 0; seed < 40; seed++) {
      const world = newWorld(seed, { partOutlivesAbort: 0.5, slowCopy: 1 }, [{ key: 'a', body: 'text' }]);
      await world.run(async (task) => {
        const s3 = world.s3Client(task);
        const { UploadId } = await s3.send(new CreateMultipartUploadCommand(TARGET));
        world.scheduler.spawn('copier', async (copier) => {
          await world
            .s3Client(copier, { maxAttempts: 1 })
            .send(new UploadPartCopyCommand({ ...TARGET, UploadId, PartNumber: 1, CopySource: 'source/a' }))
            .catch(() => undefined);
        });
        await task.runtime.sleep(10);
        await s3.send(new AbortMultipartUploadCommand({ ...TARGET, UploadId }));
      });
      const [left] = world.bucket('target').uploads();
      if (left) back++;
      expect(left?.parts.size ?? 1).toBe(1);
    }
    expect(back).toBeGreaterThan(0);
  });
});

describe('a part that is copied', () => {
  it('has the bytes of its range, and their ETag', async () => {
    await put('a', '123456789');
    const id = await create();
    const { CopyPartResult } = await copyPart(id, { CopySourceRange: 'bytes=4-7' });
    expect(CopyPartResult?.ETag).toBe(`"${md5('5678').toString('hex')}"`);
  });

  it('gives the same ETag as its source if its parts are the same', async () => {
    currentWorld().putObject('source', { key: 'a', body: '123456789', parts: [4, 4, 1], checksum: 'none' });
    const id = await create();
    const parts: CompletedPart[] = [];
    for (const [index, CopySourceRange] of ['bytes=0-3', 'bytes=4-7', 'bytes=8-8'].entries()) {
      const { CopyPartResult } = await copyPart(id, { PartNumber: index + 1, CopySourceRange });
      parts.push({ ...CopyPartResult, PartNumber: index + 1 });
    }
    const { ETag } = await complete(id, parts);
    expect(ETag).toBe((await head('a')).ETag);
  });

  it('is refused for a source of another ETag, or none', async () => {
    const { ETag } = await put('a', 'old');
    const id = await create();
    await copyPart(id, { CopySourceIfMatch: ETag });
    await put('a', 'new');
    await expect(copyPart(id, { CopySourceIfMatch: ETag })).rejects.toMatchObject(
      refused('PreconditionFailed', 412),
    );
    await expect(copyPart(id, { CopySource: 'source/b' })).rejects.toMatchObject(refused('NoSuchKey', 404));
  });

  it('is refused for a range beyond the source, of a source that is too small, or of too many bytes', async () => {
    await put('a', '123456789012345');
    const id = await create();
    const range = (CopySourceRange: string, CopySource = 'source/a') =>
      copyPart(id, { CopySourceRange, CopySource });
    await expect(range('bytes=10-15')).rejects.toMatchObject(refused('InvalidRange', 416));
    await expect(range('bytes=10-')).rejects.toMatchObject(refused('InvalidArgument', 400));
    await expect(range('bytes=0-12')).rejects.toMatchObject(refused('InvalidRequest', 400));
    await put('small', '1234');
    await expect(range('bytes=0-3', 'source/small')).rejects.toMatchObject(refused('InvalidRequest', 400));
  });
});

describe('a listing of uploads', () => {
  it('shows the open ones under a prefix, page by page', async () => {
    const world = newWorld(1);
    const found: string[] = [];
    await world.run(async (task) => {
      const s3 = world.s3Client(task);
      for (const Key of ['b/2', 'a', 'b/1', 'b/1', 'c'])
        await s3.send(new CreateMultipartUploadCommand({ Bucket: 'target', Key }));
      let marker: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
      for (let more = true; more; ) {
        const page = await s3.send(
          new ListMultipartUploadsCommand({ Bucket: 'target', Prefix: 'b/', MaxUploads: 1, ...marker }),
        );
        found.push(...(page.Uploads ?? []).map(({ Key = '' }) => Key));
        marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
        more = page.IsTruncated ?? false;
      }
    });
    expect(found).toEqual(['b/1', 'b/1', 'b/2']);
  });

  it('shows the parts of one in their order, page by page', async () => {
    const id = await create();
    await upload(id, 3, '333');
    await upload(id, 1, '1');
    const list = (PartNumberMarker?: string) =>
      request((s3) =>
        s3.send(new ListPartsCommand({ ...TARGET, UploadId: id, MaxParts: 1, PartNumberMarker })),
      );
    const first = await list();
    expect(first).toMatchObject({ IsTruncated: true, Parts: [{ PartNumber: 1, Size: 1 }] });
    expect(await list(first.NextPartNumberMarker)).toMatchObject({
      IsTruncated: false,
      Parts: [{ PartNumber: 3, Size: 3, ETag: `"${md5('333').toString('hex')}"` }],
    });
  });
});
