import { CopyObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { Faults } from '../../../simulation/world/faults.ts';
import type { Task } from '../../../simulation/world/task.ts';
import type { World } from '../../../simulation/world/world.ts';
import { newWorld, objectRequests, refused, text } from './object-requests.ts';

const { currentWorld, put, copy, head, stored, body } = objectRequests();

const CARRIED = {
  CacheControl: 'no-cache',
  ContentDisposition: 'inline',
  ContentEncoding: 'gzip',
  ContentLanguage: 'de',
  ContentType: 'text/plain',
  Expires: new Date('2027-01-01T00:00:00Z'),
  Metadata: { colour: 'blue' },
};

describe('CopyObject', () => {
  it('takes the content, the metadata, the tags and the checksum along', async () => {
    await put('a', 'text', { ...CARRIED, Tagging: 'a=1', ChecksumAlgorithm: 'SHA256' });
    const { CopyObjectResult } = await copy('a');
    expect(stored('target', 'a')).toMatchObject({
      content: CARRIED,
      tags: { a: '1' },
      checksum: stored('source', 'a')?.checksum,
    });
    expect(CopyObjectResult).toMatchObject({
      ETag: (await head('a')).ETag,
      ChecksumSHA256: stored('source', 'a')?.checksum?.value,
    });
  });

  it('leaves the storage class, the website redirect, the ACL and the encryption behind', async () => {
    await put('a', 'text', {
      StorageClass: 'STANDARD_IA',
      WebsiteRedirectLocation: '/elsewhere',
      ACL: 'public-read',
      ServerSideEncryption: 'aws:kms',
    });
    await copy('a');
    expect(stored('target', 'a')?.acl).toEqual({});
    expect(stored('target', 'a')?.settings).toEqual({
      StorageClass: 'STANDARD',
      ServerSideEncryption: 'AES256',
    });
    const said = { StorageClass: 'STANDARD_IA', WebsiteRedirectLocation: '/elsewhere' } as const;
    await copy('a', { ...said, GrantRead: 'id="1"' });
    expect(stored('target', 'a')?.settings).toMatchObject(said);
    expect(stored('target', 'a')?.acl).toEqual({ GrantRead: 'id="1"' });
  });

  it('takes what the request says instead, if it is told to replace, and else ignores it', async () => {
    await put('a', 'text', { ...CARRIED, Tagging: 'a=1' });
    const said = { ContentType: 'image/png', Metadata: { b: '2' }, Tagging: 'c=3' };
    await copy('a', said);
    expect(stored('target', 'a')).toMatchObject({ content: CARRIED, tags: { a: '1' } });
    await copy('a', { ...said, MetadataDirective: 'REPLACE', TaggingDirective: 'REPLACE' });
    expect(stored('target', 'a')).toMatchObject({ tags: { c: '3' } });
    expect(stored('target', 'a')?.content).toEqual({ ContentType: 'image/png', Metadata: { b: '2' } });
  });

  it('gives another ETag and a checksum of the whole to what was uploaded in parts', async () => {
    const world = currentWorld();
    world.putObject('source', {
      key: 'a',
      body: '12345678',
      parts: [4, 4],
      checksum: { algorithm: 'CRC32' },
    });
    expect(stored('source', 'a')).toMatchObject({
      etag: expect.stringMatching(/-2$/),
      checksum: { type: 'COMPOSITE' },
    });
    await copy('a');
    await put('b', '12345678', { ChecksumAlgorithm: 'CRC32' });
    const { etag, checksum } = stored('source', 'b') ?? {};
    expect(stored('target', 'a')).toMatchObject({ etag, checksum });
    expect(stored('target', 'a')).not.toHaveProperty('parts');
  });

  it('gives the default checksum to what has none', async () => {
    currentWorld().putObject('source', { key: 'a', body: 'text', checksum: 'none' });
    await copy('a');
    expect(stored('target', 'a')?.checksum).toMatchObject({ algorithm: 'CRC64NVME', type: 'FULL_OBJECT' });
  });

  it('copies what has the ETag that is asked for, and nothing else', async () => {
    const { ETag } = await put('a', 'old');
    await copy('a', { CopySourceIfMatch: ETag });
    await put('a', 'new');
    await expect(copy('a', { CopySourceIfMatch: ETag })).rejects.toMatchObject(
      refused('PreconditionFailed', 412),
    );
    await expect(copy('a', { CopySourceIfNoneMatch: (await head('a')).ETag })).rejects.toMatchObject(
      refused('PreconditionFailed', 412),
    );
    expect(body('target', 'a')).toBe('old');
  });

  it('of an object that is not there is NoSuchKey', async () => {
    await expect(copy('a')).rejects.toMatchObject(refused('NoSuchKey', 404));
  });

  it('of an object above the limit, or in an archive, is refused', async () => {
    await put('big', 'x'.repeat(13));
    await expect(copy('big')).rejects.toMatchObject(refused('InvalidRequest', 400));
    await put('cold', 'text', { StorageClass: 'DEEP_ARCHIVE' });
    await expect(copy('cold')).rejects.toMatchObject(refused('InvalidObjectState', 403));
  });

  it('of an object to itself has to change something', async () => {
    await put('a', 'text', { Metadata: { a: '1' } });
    await expect(copy('a', { Bucket: 'source' })).rejects.toMatchObject(refused('InvalidRequest', 400));
    await copy('a', { Bucket: 'source', MetadataDirective: 'REPLACE' });
    expect(stored('source', 'a')?.content.Metadata).toEqual({});
  });

  it.each(['a b', 'a+b', 'a%2Fb', 'a?versionId=b', 'ä/ö', '//', 'a&b=c'])(
    'finds a source of any name that is encoded: %s',
    async (key) => {
      await put(key, 'text');
      await copy(key);
      expect(stored('target', key)).toBeDefined();
    },
  );

  it('takes a plus in the name of its source for a space, and refuses what no header can carry', async () => {
    await put('a b', 'text');
    await copy('a b', { CopySource: 'source/a+b' });
    expect(stored('target', 'a b')).toBeDefined();
    for (const CopySource of ['source/ä', 'source/100%', 'source'])
      await expect(copy('a', { CopySource })).rejects.toMatchObject(refused('InvalidArgument', 400));
  });

  it('copies the version that it is told to', async () => {
    const { VersionId } = await put('a', 'old', { Bucket: 'versions' });
    await put('a', 'new', { Bucket: 'versions' });
    const answer = await copy('a', { CopySource: `versions/a?versionId=${VersionId}` });
    expect(answer.CopySourceVersionId).toBe(VersionId);
    expect(body('target', 'a')).toBe('old');
  });
});

describe('a copy under way', () => {
  /** Runs a copy of `old` while another task does something; returns what came of it. */
  async function beside(seed: number, faults: Faults, other: (world: World, task: Task) => Promise<void>) {
    const world = newWorld(seed, faults, [{ key: 'a', body: 'old' }]);
    const { etag } = world.bucket('source').current('a') ?? {};
    const changed: string[] = [];
    world.onObject(({ bucket }) => changed.push(bucket));
    let error: unknown;
    world.scheduler.spawn('copier', async (task) => {
      const command = new CopyObjectCommand({
        Bucket: 'target',
        Key: 'a',
        CopySource: 'source/a',
        CopySourceIfMatch: etag,
        IfNoneMatch: '*',
      });
      await world
        .s3Client(task, { maxAttempts: 1 })
        .send(command)
        .catch((caught) => {
          error = caught;
        });
    });
    world.scheduler.spawn('other', (task) => other(world, task));
    await world.scheduler.run();
    const copied = world.bucket('target').current('a');
    return { error, changed, copied: copied && text(copied) };
  }

  it('has what its source was at its beginning, also where the source is another one by its end', async () => {
    let stale = 0;
    for (let seed = 0; seed < 50; seed++) {
      const { changed, copied, error } = await beside(seed, {}, async (world, task) => {
        await task.point('overwrites');
        world.putObject('source', { key: 'a', body: 'new' });
      });
      if (error) expect(error).toMatchObject(refused('PreconditionFailed', 412));
      else expect(copied).toBe('old');
      if (changed.join() === 'source,target') stale++;
    }
    expect(stale).toBeGreaterThan(0);
  });

  it('is judged at its end by what the destination is then', async () => {
    let refusals = 0;
    for (let seed = 0; seed < 50; seed++) {
      const { copied, error } = await beside(seed, { slowCopy: 1 }, async (world, task) => {
        await task.point('writes the target');
        if (!world.bucket('target').current('a')) world.putObject('target', { key: 'a', body: 'theirs' });
      });
      expect(copied).toBe(error ? 'theirs' : 'old');
      if (error) refusals++;
    }
    expect(refusals).toBeGreaterThan(0);
  });

  it('may take a while, and end after its sender has died', async () => {
    let late = 0;
    for (let seed = 0; seed < 50; seed++) {
      const world = newWorld(seed, { slowCopy: 1 }, [{ key: 'a', body: 'old' }]);
      const copier = world.scheduler.spawn('copier', async (task) => {
        await world
          .s3Client(task)
          .send(new CopyObjectCommand({ Bucket: 'target', Key: 'a', CopySource: 'source/a' }));
      });
      copier.killAfter(20);
      world.onObject(() => {
        if (copier.outcome?.kind === 'killed') late++;
      });
      await world.run((task) => task.runtime.sleep(10_000));
    }
    expect(late).toBeGreaterThan(0);
  });
});
