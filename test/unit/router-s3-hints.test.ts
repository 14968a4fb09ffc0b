import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { RouteError } from '../../shared/errors.ts';
import { errorBody, type S3Network, S3Scene } from './router-s3-network.ts';

let scene: S3Scene;
let network: S3Network;

beforeEach(() => {
  scene = new S3Scene();
  network = scene.network;
  scene.turnTo('source', { hinted: 2 });
});

const cat = { Bucket: 'photos', Key: 'a/cat.png' };
const CAT = { resource: 0, side: 'source', keys: ['cat.png'] };
const put = () => scene.client.send(new PutObjectCommand({ ...cat, Body: 'meow' }));

describe('while the route says so, a router notes', () => {
  it('the key of a write before it is sent', async () => {
    let noted: unknown;
    network.answer = () => {
      noted = scene.hints;
      return {};
    };
    await put();
    expect(noted).toEqual([CAT]);
    const record = scene.table.toRoute.find(({ body }) =>
      (body.Item as { name?: { S: string } })?.name?.S.startsWith('m~hints#'),
    );
    expect(record?.body.Item).toMatchObject({
      name: { S: expect.stringMatching(/^m~hints#[0-7]$/) },
      sk: { S: expect.stringMatching(/^000000001002000#.+/) },
      expiresAt: { N: String(1_002 + 2 * 24 * 3_600) },
    });
  });

  it('each key of a removal, in its resource', async () => {
    const Objects = Array.from({ length: 250 }, (_, number) => ({ Key: `a/${number}` }));
    Objects.push({ Key: 'a/raw/x' }, { Key: 'b/x' });
    await scene.client.send(new DeleteObjectsCommand({ Bucket: 'photos', Delete: { Objects } }));
    expect(scene.hints.map(({ resource, keys }) => [resource, keys?.length])).toEqual([
      [0, 100],
      [0, 100],
      [0, 50],
      [1, 1],
    ]);
  });

  it('where a copy goes to, not where it comes from', async () => {
    network.answer = () => ({ body: '<CopyObjectResult><ETag>e</ETag></CopyObjectResult>' });
    await scene.client.send(new CopyObjectCommand({ ...cat, CopySource: 'photos/a/dog.png' }));
    await scene.client.send(
      new CopyObjectCommand({ Bucket: 'backup', Key: 'x', CopySource: 'photos/a/dog.png' }),
    );
    expect(scene.hints).toEqual([CAT]);
  });

  it('an upload of several parts when it is completed: nothing before changes an object', async () => {
    network.answer = () => ({ body: '<Result><UploadId>u</UploadId></Result>' });
    const part = { ...cat, UploadId: 'u' };
    await scene.client.send(new CreateMultipartUploadCommand(cat));
    await scene.client.send(new UploadPartCommand({ ...part, PartNumber: 1, Body: 'x' }));
    await scene.client.send(new AbortMultipartUploadCommand(part));
    expect(scene.hints).toEqual([]);
    await scene.client.send(new CompleteMultipartUploadCommand(part));
    expect(scene.hints).toEqual([CAT]);
  });

  it('nothing of a read, and nothing of what is not routed', async () => {
    await scene.client.send(new GetObjectCommand(cat));
    await scene.client.send(new PutObjectCommand({ ...cat, Key: 'b/cat.png', Body: 'meow' }));
    expect(scene.hints).toEqual([]);
  });

  it('each attempt anew, on the side that it is sent to', async () => {
    network.answer = () => {
      if (network.sent.length > 1) return {};
      scene.turnTo('target', { hinted: 2 });
      return { status: 500, body: errorBody('InternalError') };
    };
    await put();
    expect(scene.hints).toEqual([CAT, { ...CAT, side: 'target' }]);
  });
});

it('no router notes anything while the route does not ask for it', async () => {
  scene.turnTo('source');
  await put();
  expect(scene.hints).toEqual([]);
});

/** Lets something happen while a key is noted. */
const whileNoted = (happens: () => void) => {
  const { write } = scene.table;
  scene.table.write = (sent) => {
    if (scene.hints.length === 1) happens();
    return write(sent);
  };
};

describe('a write whose key', () => {
  it('can not be noted fails, and is not sent', async () => {
    scene.table.write = () => ({ status: 400, body: { __type: 'AccessDeniedException', message: 'no' } });
    const error = await put().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RouteError);
    expect(error).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /^a PutObject can't be noted in the table of the route, and is not sent/,
      ),
    });
    expect(network.sent).toEqual([]);
  });

  it('was noted is held when the fence has come meanwhile, and noted anew when it is lifted late', async () => {
    whileNoted(() => scene.turnTo('fenced', { hinted: 2, deadline: scene.now + 60_000 }));
    const held = put();
    await expect.poll(() => scene.table.reads).toBeGreaterThan(3);
    expect(network.sent).toEqual([]);
    scene.turnTo('source', { hinted: 2 });
    await held;
    expect(scene.hints).toEqual([CAT, CAT]);
  });

  it('was noted goes to the side that the route names then', async () => {
    whileNoted(() => scene.turnTo('target'));
    await put();
    expect(network.lines).toEqual(['PUT photos-v2.s3.us-east-1.amazonaws.com/new/cat.png']);
  });
});
