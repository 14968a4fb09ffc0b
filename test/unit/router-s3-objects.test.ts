import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  PutObjectTaggingCommand,
  RenameObjectCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  UpdateObjectEncryptionCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { FinalizeRequestMiddleware } from '@smithy/types';
import { beforeEach, describe, expect, it } from 'vitest';
import { RouteError } from '../../shared/errors.ts';
import { errorBody, type S3Network, S3Scene } from './router-s3-network.ts';

let scene: S3Scene;
let network: S3Network;

beforeEach(() => {
  scene = new S3Scene();
  network = scene.network;
  scene.turnTo('target');
});

const remove = (...keys: string[]) =>
  scene.client.send(
    new DeleteObjectsCommand({ Bucket: 'photos', Delete: { Objects: keys.map((Key) => ({ Key })) } }),
  );

describe('a removal of many objects', () => {
  it('names them as they are called on the target, under a checksum of that body', async () => {
    network.answer = () => ({
      body: '<DeleteResult><Deleted><Key>new/1</Key></Deleted><Error><Key>new/2</Key><Code>AccessDenied</Code></Error></DeleteResult>',
    });
    const answer = await remove('a/1', 'a/2');
    const [sent] = network.sent;
    expect(sent?.host).toBe('photos-v2.s3.us-east-1.amazonaws.com');
    expect(sent?.body.match(/<Key>.*?<\/Key>/g)).toEqual(['<Key>new/1</Key>', '<Key>new/2</Key>']);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(sent?.body ?? ''));
    expect(sent?.headers['x-amz-checksum-crc32']).toBe(checksum.toString('base64'));
    expect(sent?.headers['content-length']).toBe(String(Buffer.byteLength(sent?.body ?? '')));
    expect(sent?.headers['x-amz-content-sha256']).toBe(
      createHash('sha256')
        .update(sent?.body ?? '')
        .digest('hex'),
    );
    expect(answer).toMatchObject({ Deleted: [{ Key: 'a/1' }], Errors: [{ Key: 'a/2' }] });
  });

  it('that lie in several buckets now is refused, before the switch it is not', async () => {
    for (const keys of [
      ['a/1', 'a/raw/1'],
      ['a/1', 'b/1'],
    ]) {
      const error = await remove(...keys).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(RouteError);
      expect((error as Error).message).toMatch(/lie in several buckets now .*: send one for each prefix/);
    }
    expect(network.sent).toEqual([]);
    scene.turnTo('source');
    await remove('a/1', 'a/raw/1', 'b/1');
    expect(network.sent[0]?.body).toContain('<Key>a/raw/1</Key>');
  });
});

describe('an upload of several parts', () => {
  const upload = { Bucket: 'photos', Key: 'a/all.zip' };

  it('is made, filled and completed under the names that the application knows', async () => {
    network.answer = ({ query }) =>
      'uploads' in query
        ? {
            body: '<InitiateMultipartUploadResult><Bucket>photos-v2</Bucket><Key>new/all.zip</Key><UploadId>u</UploadId></InitiateMultipartUploadResult>',
          }
        : {
            body: '<CompleteMultipartUploadResult><Bucket>photos-v2</Bucket><Key>new/all.zip</Key></CompleteMultipartUploadResult>',
          };
    expect(await scene.client.send(new CreateMultipartUploadCommand(upload))).toMatchObject({
      ...upload,
      UploadId: 'u',
    });
    await scene.client.send(
      new UploadPartCommand({ ...upload, UploadId: 'u', PartNumber: 1, Body: new Uint8Array([1, 2]) }),
    );
    const completed = await scene.client.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        UploadId: 'u',
        MultipartUpload: { Parts: [{ ETag: 'e', PartNumber: 1 }] },
      }),
    );
    expect(completed).toMatchObject(upload);
    expect(network.lines).toEqual(
      ['POST', 'PUT', 'POST'].map((method) => `${method} photos-v2.s3.us-east-1.amazonaws.com/new/all.zip`),
    );
    expect(network.sent[1]?.body).toBe('\u0001\u0002');
    expect(network.sent[2]?.body).toContain('<PartNumber>1</PartNumber>');
  });

  it('that was begun at the source is not known to the target: the application begins it again', async () => {
    network.answer = () => ({ status: 404, body: errorBody('NoSuchUpload') });
    await expect(
      scene.client.send(new UploadPartCommand({ ...upload, UploadId: 'u', PartNumber: 1, Body: 'x' })),
    ).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });
});

it('what an object carries is written where the object lies', async () => {
  await scene.client.send(
    new PutObjectTaggingCommand({
      Bucket: 'photos',
      Key: 'a/1',
      Tagging: { TagSet: [{ Key: 'k', Value: 'v' }] },
    }),
  );
  expect(network.lines).toEqual(['PUT photos-v2.s3.us-east-1.amazonaws.com/new/1']);
  expect(network.sent[0]?.body).toContain('<Value>v</Value>');
});

describe('an operation that the router does not know', () => {
  const encrypt = (key: string) =>
    scene.client.send(
      new UpdateObjectEncryptionCommand({
        Bucket: 'photos',
        Key: key,
        ObjectEncryption: { SSEKMS: { KMSKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/k' } },
      }),
    );

  it.each(['source', 'target'] as const)('is refused for an object that is routed (%s)', async (side) => {
    scene.turnTo(side);
    await expect(encrypt('a/1')).rejects.toThrow('the router does not know UpdateObjectEncryption');
    await expect(
      scene.client.send(new RenameObjectCommand({ Bucket: 'photos', Key: 'a/2', RenameSource: 'a/1' })),
    ).rejects.toThrow(RouteError);
    expect(network.sent).toEqual([]);
  });

  it('passes for all others', async () => {
    await encrypt('b/1');
    expect(network.lines).toEqual(['PUT photos.s3.us-east-1.amazonaws.com/b/1']);
  });
});

/** Like the SDK's own presigner: instead of being sent, the request is kept just before it would be signed. */
it('a URL is signed for the side that is active then', async () => {
  const presign: FinalizeRequestMiddleware<ServiceInputTypes, ServiceOutputTypes> = () => async (args) => {
    const { hostname, path } = args.request as { hostname: string; path: string };
    return { response: {}, output: { $metadata: {}, presigned: hostname + path } as never };
  };
  scene.client.middlewareStack.addRelativeTo(presign, {
    name: 'presign',
    relation: 'before',
    toMiddleware: 'awsAuthMiddleware',
  });
  const signed = await scene.client.send(
    new UploadPartCommand({ Bucket: 'photos', Key: 'a/1', UploadId: 'u', PartNumber: 1 }),
  );
  expect(signed).toMatchObject({ presigned: 'photos-v2.s3.us-east-1.amazonaws.com/new/1' });
});
