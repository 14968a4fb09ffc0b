import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  BucketAlreadyOwnedByYou,
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  NoSuchBucket,
  NoSuchKey,
  NotFound,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { objectRequests, refused, text } from './object-requests.ts';

const { currentWorld, request, put, head, remove, stored } = objectRequests();
const md5 = (body: string) => createHash('md5').update(body).digest('hex');
const get = (Key: string) => request((s3) => s3.send(new GetObjectCommand({ Bucket: 'source', Key })));

describe('objects', () => {
  it('are read as they were put', async () => {
    const carried = {
      CacheControl: 'no-cache',
      ContentDisposition: 'inline',
      ContentEncoding: 'gzip',
      ContentLanguage: 'de',
      ContentType: 'text/plain',
      Expires: new Date('2027-01-01T00:00:00Z'),
      Metadata: { colour: 'blue' },
      StorageClass: 'STANDARD_IA' as const,
      WebsiteRedirectLocation: '/elsewhere',
    };
    await put('a', 'text', { ...carried, Tagging: 'a=1&b=2' });
    const { Body, ...read } = await get('a');
    expect(await Body?.transformToByteArray()).toEqual(Uint8Array.from(Buffer.from('text')));
    expect(read).toMatchObject({ ...carried, ContentLength: 4, ETag: `"${md5('text')}"`, TagCount: 2 });
    expect(await head('a')).toMatchObject({ ...carried, ContentLength: 4, ETag: `"${md5('text')}"` });
  });

  it('can be read chunk by chunk', async () => {
    await put('a', 'text');
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await get('a')).Body as Readable) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('text');
  });

  it('have their names of metadata in lower case, a type, and an encryption', async () => {
    await put('a', '', { Metadata: { Colour: 'Blue' } });
    expect(await head('a')).toMatchObject({
      Metadata: { colour: 'Blue' },
      ContentType: 'application/octet-stream',
      ServerSideEncryption: 'AES256',
      ContentLength: 0,
    });
  });

  it('of the usual storage class do not name it', async () => {
    await put('a', 'text');
    expect(await head('a')).not.toHaveProperty('StorageClass');
  });

  it('were last modified at a whole second', async () => {
    await put('a', 'text');
    const { LastModified } = await head('a');
    expect(LastModified?.getMilliseconds()).toBe(0);
    const age = currentWorld().scheduler.clock - (LastModified?.getTime() ?? 0);
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(5_000);
  });

  it('that are not there are NoSuchKey, but NotFound to HEAD, which has no body to say so', async () => {
    await expect(get('a')).rejects.toThrow(NoSuchKey);
    await expect(head('a')).rejects.toThrow(NotFound);
    await expect(head('a', { Bucket: 'nowhere' })).rejects.toThrow(NotFound);
    await expect(put('a', 'text', { Bucket: 'nowhere' })).rejects.toThrow(NoSuchBucket);
  });

  it('of another ETag are refused to a reader, and HEAD can say no more than the status', async () => {
    await put('a', 'text');
    const other = { Bucket: 'source', Key: 'a', IfMatch: '"other"' };
    await expect(request((s3) => s3.send(new GetObjectCommand(other)))).rejects.toMatchObject(
      refused('PreconditionFailed', 412),
    );
    await expect(head('a', other)).rejects.toMatchObject(refused('Unknown', 412));
  });

  it('in an archive can be looked at but not read', async () => {
    await put('a', 'text', { StorageClass: 'GLACIER' });
    expect(await head('a')).toMatchObject({ StorageClass: 'GLACIER' });
    await expect(get('a')).rejects.toMatchObject(refused('InvalidObjectState', 403));
  });

  it('encrypted with KMS have another ETag at each write', async () => {
    const first = await put('a', 'text', { Bucket: 'kms' });
    const second = await put('a', 'text', { Bucket: 'kms' });
    expect(first.ETag).not.toBe(second.ETag);
    expect([first.ETag, second.ETag]).not.toContain(`"${md5('text')}"`);
    expect(await head('a', { Bucket: 'kms' })).toMatchObject({ ServerSideEncryption: 'aws:kms' });
  });

  it('take keys of 1,024 bytes and metadata of 2 KB, and no more', async () => {
    await put('ä'.repeat(512), 'text', { Metadata: { a: 'x'.repeat(2_047) } });
    await expect(put('ä'.repeat(513), 'text')).rejects.toMatchObject(refused('KeyTooLongError', 400));
    await expect(put('a', 'text', { Metadata: { a: 'x'.repeat(2_048) } })).rejects.toMatchObject(
      refused('MetadataTooLarge', 400),
    );
  });

  it('are gone after a deletion; to delete what is not there is no error', async () => {
    await put('a', 'text');
    await remove('a');
    await remove('a');
    expect(stored('source', 'a')).toBeUndefined();
  });

  it('are deleted many at once, under a precondition each', async () => {
    const { ETag } = await put('a', 'text');
    for (const key of ['b', 'c', 'd']) await put(key, 'text');
    const Objects = [{ Key: 'a', ETag }, { Key: 'b', ETag: '"other"' }, { Key: 'c' }, { Key: 'x' }];
    const answer = await request((s3) =>
      s3.send(new DeleteObjectsCommand({ Bucket: 'source', Delete: { Objects } })),
    );
    expect(answer.Deleted?.map(({ Key }) => Key)).toEqual(['a', 'c', 'x']);
    expect(answer.Errors).toMatchObject([{ Key: 'b', Code: 'PreconditionFailed' }]);
    expect(
      currentWorld()
        .bucket('source')
        .objects()
        .map(({ key }) => key),
    ).toEqual(['b', 'd']);
  });
});

describe('tags', () => {
  const tagging = (Key: string) =>
    request((s3) => s3.send(new GetObjectTaggingCommand({ Bucket: 'source', Key })));
  const tag = (Key: string, tags: Record<string, string>) =>
    request((s3) =>
      s3.send(
        new PutObjectTaggingCommand({
          Bucket: 'source',
          Key,
          Tagging: { TagSet: Object.entries(tags).map(([name, Value]) => ({ Key: name, Value })) },
        }),
      ),
    );

  it('change without the ETag or the last modification', async () => {
    await put('a', 'text', { Tagging: 'a=1&b=2' });
    const before = await head('a');
    await currentWorld().run((task) => task.runtime.sleep(5_000));
    await tag('a', { c: '3' });
    expect((await tagging('a')).TagSet).toEqual([{ Key: 'c', Value: '3' }]);
    expect(await head('a')).toMatchObject({
      ETag: before.ETag,
      LastModified: before.LastModified,
      TagCount: 1,
    });
  });

  it('are gone after the object was written anew', async () => {
    await put('a', 'text', { Tagging: 'a=1' });
    await put('a', 'text');
    expect((await tagging('a')).TagSet).toEqual([]);
  });

  it('are ten at most, of objects that are there', async () => {
    await put('a', 'text');
    const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`t${index}`, '']));
    await expect(tag('a', eleven)).rejects.toMatchObject(refused('InvalidTag', 400));
    await expect(tag('b', {})).rejects.toThrow(NoSuchKey);
  });
});

describe('versions', () => {
  it('keep what was overwritten or deleted', async () => {
    const { VersionId } = await put('a', 'old', { Bucket: 'versions' });
    await put('a', 'new', { Bucket: 'versions' });
    expect(await remove('a', { Bucket: 'versions' })).toMatchObject({ DeleteMarker: true });
    await expect(head('a', { Bucket: 'versions' })).rejects.toThrow(NotFound);
    const { Body } = await request((s3) =>
      s3.send(new GetObjectCommand({ Bucket: 'versions', Key: 'a', VersionId })),
    );
    expect(await Body?.transformToString()).toBe('old');
  });

  it('do not count for a listing of objects', async () => {
    await put('a', 'old', { Bucket: 'versions' });
    await put('a', 'new', { Bucket: 'versions' });
    await put('b', 'old', { Bucket: 'versions' });
    await remove('b', { Bucket: 'versions' });
    expect(currentWorld().bucket('versions').objects().map(text)).toEqual(['new']);
  });
});

describe('the modelled S3', () => {
  it('refuses commands and parameters that it does not know as a mistake of the test', async () => {
    await expect(
      request((s3) => s3.send(new GetBucketLocationCommand({ Bucket: 'source' }))),
    ).rejects.toThrow('does not know GetBucketLocationCommand');
    await expect(put('a', 'text', { BucketKeyEnabled: true })).rejects.toThrow(
      'does not know BucketKeyEnabled of PutObjectCommand',
    );
  });

  it('makes a bucket, which then is there', async () => {
    const make = () => request((s3) => s3.send(new CreateBucketCommand({ Bucket: 'another' })));
    await make();
    await put('a', 'text', { Bucket: 'another' });
    expect(stored('another', 'a')).toBeDefined();
    await expect(make()).rejects.toThrow(BucketAlreadyOwnedByYou);
  });

  it('tells of each change at the moment of its effect', async () => {
    const world = currentWorld();
    const changes: string[] = [];
    world.onObject(({ bucket, key, before, after }) => {
      const sides = [before, after].map((side) => (side ? text(side) : 'none'));
      changes.push(`${bucket}/${key}: ${sides.join(' → ')}`);
    });
    await put('a', 'one');
    await put('a', 'two');
    await remove('a');
    await remove('a');
    expect(changes).toEqual(['source/a: none → one', 'source/a: one → two', 'source/a: two → none']);
  });
});
