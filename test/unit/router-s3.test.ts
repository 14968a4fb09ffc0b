import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { RouteError } from '../../shared/errors.ts';
import { routedS3 } from '../../shared/router-s3.ts';
import { errorBody, type S3Network, S3Scene } from './router-s3-network.ts';

let scene: S3Scene;
let network: S3Network;

beforeEach(() => {
  scene = new S3Scene();
  network = scene.network;
});

const put = (key = 'a/cat.png', body: string | Readable = 'meow') =>
  scene.client.send(new PutObjectCommand({ Bucket: 'photos', Key: key, Body: body, ContentLength: 4 }));
const get = (key = 'a/cat.png') => scene.client.send(new GetObjectCommand({ Bucket: 'photos', Key: key }));

const AT_SOURCE = 'PUT photos.s3.us-east-1.amazonaws.com/a/cat.png';
const AT_TARGET = 'PUT photos-v2.s3.us-east-1.amazonaws.com/new/cat.png';

describe('the router in a client of S3', () => {
  it('sends to the side that the route names, with body, checksum and a signature of the new names', async () => {
    await put();
    scene.turnTo('target');
    await put();
    expect(network.lines).toEqual([AT_SOURCE, AT_TARGET]);
    const [before, after] = network.sent;
    expect(after?.body).toBe('meow');
    expect(after?.headers['x-amz-checksum-crc32']).toBe(before?.headers['x-amz-checksum-crc32']);
    expect(after?.headers.host).toBe('photos-v2.s3.us-east-1.amazonaws.com');
    expect(after?.headers.authorization).toContain('AWS4-HMAC-SHA256');
    expect(after?.headers['content-length']).toBe('4');
  });

  it('sends a stream whole, to either side', async () => {
    const stream = () => Readable.from([Buffer.from('me'), Buffer.from('ow')]);
    await put('a/cat.png', stream());
    scene.turnTo('target');
    await put('a/cat.png', stream());
    expect(network.lines).toEqual([AT_SOURCE, AT_TARGET]);
    expect(network.sent[0]?.body).toContain('x-amz-checksum-crc32:');
    expect(network.sent[1]?.body).toBe(network.sent[0]?.body);
  });

  it('sends to a path where the client or the name of the bucket asks for it', async () => {
    scene = new S3Scene({}, { forcePathStyle: true, endpoint: 'http://127.0.0.1:9000' });
    scene.turnTo('target');
    await put('a/c a+t.png');
    expect(scene.network.lines).toEqual(['PUT 127.0.0.1/photos-v2/new/c%20a%2Bt.png']);
    scene = new S3Scene();
    const dotted = { source: { bucket: 'photos', prefix: '' }, target: { bucket: 'photos.new', prefix: '' } };
    scene.turnTo('target', { buckets: [dotted] });
    await put();
    expect(scene.network.lines).toEqual(['PUT s3.us-east-1.amazonaws.com/photos.new/a/cat.png']);
  });

  it('routes each attempt anew, inside the retries of the SDK', async () => {
    network.answer = () => {
      if (network.sent.length > 1) return {};
      scene.turnTo('target');
      return { status: 500, body: errorBody('InternalError') };
    };
    await put();
    expect(network.lines).toEqual([AT_SOURCE, AT_TARGET]);
  });

  it('goes back to the source as it was asked, after a rollback', async () => {
    network.answer = () => {
      if (network.sent.length > 1) return {};
      scene.turnTo('source', { switchedAt: 1 });
      return { status: 500, body: errorBody('InternalError') };
    };
    scene.turnTo('target');
    await put();
    expect(network.lines).toEqual([AT_TARGET, AT_SOURCE]);
  });

  it('takes the resource with the longest prefix', async () => {
    scene.turnTo('target');
    await put('a/raw/cat.dng');
    expect(network.lines).toEqual(['PUT raw.s3.us-east-1.amazonaws.com/cat.dng']);
  });

  it('lets pass what is not routed: other keys, other buckets, the bucket itself', async () => {
    scene.turnTo('fenced', { deadline: scene.now + 60_000 });
    await put('b/cat.png');
    await scene.client.send(new PutObjectCommand({ Bucket: 'other', Key: 'a/cat.png', Body: 'x' }));
    scene.turnTo('target');
    await put('b/cat.png');
    await scene.client.send(new HeadBucketCommand({ Bucket: 'photos' }));
    expect(network.lines.map((line) => line.replace('.s3.us-east-1.amazonaws.com', ''))).toEqual([
      'PUT photos/b/cat.png',
      'PUT other/a/cat.png',
      'PUT photos/b/cat.png',
      'HEAD photos/',
    ]);
  });

  it('holds writes while fenced and lets reads through', async () => {
    scene.turnTo('fenced', { deadline: scene.now + 60_000 });
    const held = [
      put(),
      scene.client.send(new DeleteObjectCommand({ Bucket: 'photos', Key: 'a/cat.png' })),
      scene.client.send(
        new DeleteObjectsCommand({
          Bucket: 'photos',
          Delete: { Objects: [{ Key: 'b' }, { Key: 'a/cat.png' }] },
        }),
      ),
    ];
    await get();
    expect(network.lines).toEqual(['GET photos.s3.us-east-1.amazonaws.com/a/cat.png']);
    scene.turnTo('source');
    await Promise.all(held);
    expect(network.sent).toHaveLength(4);
  });

  it('follows one migration', () => {
    const props = { routeTable: 'route', routeClient: { send: async () => ({}) } as never };
    expect(routedS3(scene.client, { ...props, migration: 'm' })).toBe(scene.client);
    expect(() => routedS3(scene.client, { ...props, migration: 'another' })).toThrow(
      /follows the route of m already: make another client for another/,
    );
  });

  it('refuses a route of a newer protocol', async () => {
    scene.table.route = { ...scene.table.route, protocol: 3 } as never;
    await expect(put()).rejects.toThrow(/protocol 3, this router 2/);
    expect(network.sent).toEqual([]);
  });
});

describe('a copy', () => {
  const copy = (from: string, to: { Bucket: string; Key: string }) =>
    scene.client.send(new CopyObjectCommand({ ...to, CopySource: from }));
  const lines = () =>
    network.sent.map(
      ({ host, path, headers }) => `${headers['x-amz-copy-source']} ${host.split('.')[0]}${path}`,
    );

  beforeEach(() => {
    network.answer = () => ({
      body: '<CopyObjectResult><ETag>"e"</ETag><LastModified>2026-11-22T00:00:00.000Z</LastModified></CopyObjectResult>',
    });
  });

  it('goes from and to where either object lies now', async () => {
    scene.turnTo('target');
    await copy('photos/a/c%20a%2Bt.png?versionId=7', { Bucket: 'photos', Key: 'a/raw/cat.dng' });
    await copy('/photos/b/cat.png', { Bucket: 'photos', Key: 'a/cat.png' });
    await copy('photos%2Fa%2Fcat.png', { Bucket: 'backup', Key: 'cat.png' });
    expect(lines()).toEqual([
      'photos-v2/new/c%20a%2Bt.png?versionId=7 raw/cat.dng',
      '/photos/b/cat.png photos-v2/new/cat.png',
      'photos-v2/new/cat.png backup/cat.png',
    ]);
  });

  it('to somewhere else is a read: it is not held', async () => {
    scene.turnTo('fenced', { deadline: scene.now + 60_000 });
    await copy('photos/a/cat.png', { Bucket: 'backup', Key: 'cat.png' });
    expect(lines()).toEqual(['photos/a/cat.png backup/cat.png']);
  });

  it('of a part is sent the same way', async () => {
    scene.turnTo('target');
    await scene.client.send(
      new UploadPartCopyCommand({
        Bucket: 'photos',
        Key: 'a/all.zip',
        UploadId: 'u',
        PartNumber: 1,
        CopySource: 'photos/a/cat.png',
      }),
    );
    expect(lines()).toEqual(['photos-v2/new/cat.png photos-v2/new/all.zip']);
    expect(network.sent[0]?.query).toMatchObject({ partNumber: '1', uploadId: 'u' });
  });
});

describe('a request that can not be routed', () => {
  const refused = async (send: () => Promise<unknown>) => {
    const error = await send().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RouteError);
    expect(network.sent).toEqual([]);
    return (error as Error).message;
  };

  it.each([
    'arn:aws:s3:us-east-1:123456789012:accesspoint/photos',
    'photos-abcdefghijklmnopqrstuvwxyz0123456-s3alias',
  ])('names an access point: %s', async (bucket) => {
    const message = await refused(() =>
      scene.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'a/cat.png' })),
    );
    expect(message).toMatch(/can't tell which bucket .* is: name the bucket itself/);
  });

  it('copies from an access point', async () => {
    const CopySource = 'arn:aws:s3:us-east-1:123456789012:accesspoint/photos/object/a/cat.png';
    const message = await refused(() =>
      scene.client.send(new CopyObjectCommand({ Bucket: 'backup', Key: 'cat.png', CopySource })),
    );
    expect(message).toMatch(/can't tell which bucket/);
  });
});
