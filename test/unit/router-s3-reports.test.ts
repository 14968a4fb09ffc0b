import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Way } from '../../shared/router-bypass.ts';
import { BUCKETS, errorBody, type S3Network, S3Scene } from './router-s3-network.ts';

let scene: S3Scene;
let network: S3Network;

beforeEach(() => {
  scene = new S3Scene();
  network = scene.network;
});

const cat = { Bucket: 'photos', Key: 'a/cat.png' };
const put = () => scene.client.send(new PutObjectCommand({ ...cat, Body: 'meow' }));
const reports = () => scene.table.reports;

describe('a router of S3', () => {
  it('is ready when it could put and delete at each place of the target', async () => {
    await put();
    await expect.poll(() => reports().length).toBe(1);
    expect(reports()[0]).toMatchObject({ name: { S: 'm' }, service: { S: 'S3' }, ready: { BOOL: true } });
    expect(network.proofs.map(({ method, host, path }) => `${method} ${host.split('.')[0]}${path}`)).toEqual([
      'PUT photos-v2/new/segue-proof',
      'DELETE photos-v2/new/segue-proof',
      'PUT raw/segue-proof',
      'DELETE raw/segue-proof',
    ]);
    for (const { headers } of network.proofs)
      expect(headers['if-match']).toBe('"00000000000000000000000000000000"');
  });

  it('takes it for allowed when there is no object to hold the condition against', async () => {
    network.prove = () => ({ status: 404, body: errorBody('NoSuchKey') });
    await put();
    await expect.poll(() => reports()[0]?.ready?.BOOL).toBe(true);
  });

  it('says what it may not do, and goes on with its work', async () => {
    network.prove = ({ method }) =>
      method === 'DELETE'
        ? { status: 403, body: errorBody('AccessDenied') }
        : { status: 412, body: errorBody('PreconditionFailed') };
    await put();
    await expect.poll(() => reports().length).toBe(1);
    expect(reports()[0]).toMatchObject({
      ready: { BOOL: false },
      reason: { S: 's3://photos-v2/new/: AccessDenied: said S3' },
    });
    expect(network.sent).toHaveLength(1);
  });

  it('proves the source before a rollback, past the route', async () => {
    scene.turnTo('target', { hinted: 2 });
    await scene.client.send(new GetObjectCommand(cat));
    await expect.poll(() => reports().length).toBe(1);
    expect(network.proofs.map(({ method, host, path }) => `${method} ${host.split('.')[0]}${path}`)).toEqual([
      'PUT photos/a/segue-proof',
      'DELETE photos/a/segue-proof',
      'PUT photos/a/raw/segue-proof',
      'DELETE photos/a/raw/segue-proof',
    ]);
    expect(scene.hints).toEqual([]);
  });
});

describe('the kill switch of S3', () => {
  let side: Way | undefined;
  beforeEach(() => {
    side = undefined;
    scene = new S3Scene({ bypass: { side: () => side, buckets: BUCKETS } });
    network = scene.network;
  });

  it.each([
    ['source', 'photos.s3.us-east-1.amazonaws.com/a/cat.png'],
    ['target', 'photos-v2.s3.us-east-1.amazonaws.com/new/cat.png'],
  ] as const)('sends to the %s whatever the route says, and reads no route', async (where, place) => {
    side = where;
    scene.table.route = undefined;
    await put();
    await scene.client.send(new GetObjectCommand(cat));
    expect(network.lines).toEqual([`PUT ${place}`, `GET ${place}`]);
    expect(scene.table.reads).toBe(0);
    await expect.poll(() => reports()[0]?.reason?.S).toMatch(/it is bypassed/);
  });

  it('with other buckets than the route is found before it is needed', async () => {
    scene.turnTo('source', { buckets: BUCKETS.slice(1) });
    await put();
    await expect
      .poll(() => reports()[0]?.reason?.S)
      .toBe(
        'its bypass names the buckets s3://photos/a/ → s3://photos-v2/new/, s3://photos/a/raw/ → s3://raw/, the route s3://photos/a/raw/ → s3://raw/: make them the same',
      );
  });
});
