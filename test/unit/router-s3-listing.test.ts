import {
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  ListObjectVersionsCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { RouteError } from '../../shared/errors.ts';
import { errorBody, type S3Network, S3Scene } from './router-s3-network.ts';

let scene: S3Scene;
let network: S3Network;

/** One place to another, without a second one inside. */
const buckets = [
  { source: { bucket: 'photos', prefix: 'a b/' }, target: { bucket: 'photos-v2', prefix: 'ü/' } },
];

beforeEach(() => {
  scene = new S3Scene();
  network = scene.network;
});

const list = (input: Partial<ListObjectsV2CommandInput> = {}) =>
  scene.client.send(new ListObjectsV2Command({ Bucket: 'photos', Prefix: 'a b/', ...input }));
const keys = (...names: string[]) => names.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
const page = (content: string) => ({ body: `<ListBucketResult>${content}</ListBucketResult>` });

describe('a listing of what was moved', () => {
  beforeEach(() => scene.turnTo('target', { buckets }));

  it('is answered under the names that the application knows', async () => {
    network.answer = () =>
      page(
        `<Name>photos-v2</Name><Prefix>ü/x</Prefix><StartAfter>ü/x1</StartAfter>${keys('ü/x2', 'ü/x3')}<CommonPrefixes><Prefix>ü/x4/</Prefix></CommonPrefixes>`,
      );
    const answer = await list({ Prefix: 'a b/x', StartAfter: 'a b/x1', Delimiter: '/' });
    expect(network.sent[0]?.host).toBe('photos-v2.s3.us-east-1.amazonaws.com');
    expect(network.sent[0]?.query).toMatchObject({ prefix: 'ü/x', 'start-after': 'ü/x1', delimiter: '/' });
    expect(answer).toMatchObject({
      Name: 'photos',
      Prefix: 'a b/x',
      StartAfter: 'a b/x1',
      Contents: [{ Key: 'a b/x2' }, { Key: 'a b/x3' }],
      CommonPrefixes: [{ Prefix: 'a b/x4/' }],
    });
  });

  it('is answered in the encoding that was asked for', async () => {
    network.answer = () =>
      page(`<EncodingType>url</EncodingType><Prefix>%C3%BC/</Prefix>${keys('%C3%BC/c+d%2B')}`);
    expect(await list({ EncodingType: 'url' })).toMatchObject({
      Prefix: 'a%20b/',
      Contents: [{ Key: 'a%20b/c+d%2B' }],
    });
  });

  it.each([
    ['before all keys', 'a', undefined],
    ['after all keys', 'b', 'ü/\u{10ffff}'],
  ])('may begin outside of its prefix: %s', async (_, StartAfter, sent) => {
    await list({ StartAfter });
    expect(network.sent[0]?.query['start-after']).toBe(sent);
  });

  it('by the first version of the operation goes on from a key', async () => {
    network.answer = () => page(`<Marker>ü/1</Marker><NextMarker>ü/2</NextMarker>${keys('ü/2')}`);
    const answer = await scene.client.send(
      new ListObjectsCommand({ Bucket: 'photos', Prefix: 'a b/', Marker: 'a b/1' }),
    );
    expect(network.sent[0]?.query.marker).toBe('ü/1');
    expect(answer).toMatchObject({ Marker: 'a b/1', NextMarker: 'a b/2', Contents: [{ Key: 'a b/2' }] });
  });

  it('names versions, delete markers and open uploads as the application does', async () => {
    network.answer = () => ({
      body: '<ListVersionsResult><NextKeyMarker>ü/3</NextKeyMarker><Version><Key>ü/1</Key></Version><DeleteMarker><Key>ü/2</Key></DeleteMarker></ListVersionsResult>',
    });
    const where = { Bucket: 'photos', Prefix: 'a b/' };
    expect(await scene.client.send(new ListObjectVersionsCommand(where))).toMatchObject({
      NextKeyMarker: 'a b/3',
      Versions: [{ Key: 'a b/1' }],
      DeleteMarkers: [{ Key: 'a b/2' }],
    });
    network.answer = () => ({
      body: '<ListMultipartUploadsResult><Bucket>photos-v2</Bucket><Upload><Key>ü/1</Key><UploadId>u</UploadId></Upload></ListMultipartUploadsResult>',
    });
    expect(await scene.client.send(new ListMultipartUploadsCommand(where))).toMatchObject({
      Bucket: 'photos',
      Uploads: [{ Key: 'a b/1', UploadId: 'u' }],
    });
  });
});

describe('a listing of several pages', () => {
  const more = '<IsTruncated>true</IsTruncated><NextContinuationToken>t1</NextContinuationToken>';
  const listAll = async () => {
    const found: (string | undefined)[] = [];
    for await (const { Contents, CommonPrefixes } of paginateListObjectsV2(
      { client: scene.client },
      { Bucket: 'photos', Prefix: 'a b/', Delimiter: '/' },
    ))
      found.push(
        ...(Contents ?? []).map(({ Key }) => Key),
        ...(CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
      );
    return found;
  };

  it('goes on by the token of S3 while the side is the same', async () => {
    scene.turnTo('source', { buckets });
    network.answer = () => (network.sent.length === 1 ? page(more + keys('a b/1')) : page(keys('a b/2')));
    expect(await listAll()).toEqual(['a b/1', 'a b/2']);
    expect(network.sent[1]?.query).toMatchObject({ 'continuation-token': 't1' });
  });

  it.each([
    ['key', keys('a b/1'), 'a b/1', 'ü/1'],
    ['common prefix', '<CommonPrefixes><Prefix>a b/1/</Prefix></CommonPrefixes>', 'a b/1/', 'ü/1/\u{10ffff}'],
  ])('goes on after the last %s when the switch comes in between', async (_, last, first, after) => {
    scene.turnTo('source', { buckets });
    network.answer = () => {
      if (network.sent.length > 1) return page(keys('ü/2'));
      scene.turnTo('target', { buckets });
      return page(more + last);
    };
    expect(await listAll()).toEqual([first, 'a b/2']);
    expect(network.sent[1]?.query['start-after']).toBe(after);
    expect(network.sent[1]?.query).not.toHaveProperty('continuation-token');
  });

  it('goes on past the route, too', async () => {
    let side: 'route' | 'source' = 'route';
    scene = new S3Scene({ bypass: { side: () => side, buckets } });
    ({ network } = scene);
    scene.turnTo('source', { buckets });
    network.answer = () => {
      if (network.sent.length > 1) return page(keys('a b/2'));
      side = 'source';
      return page(more + keys('a b/1'));
    };
    expect(await listAll()).toEqual(['a b/1', 'a b/2']);
    expect(network.sent[1]?.query).toMatchObject({ 'continuation-token': 't1' });
  });
});

describe('a listing that is wider than what was moved to one place', () => {
  const wide = () => list({ Prefix: 'a' });

  it('passes as long as the source is active', async () => {
    network.answer = () => page(`<NextContinuationToken>t1</NextContinuationToken>${keys('a/1')}`);
    expect(await wide()).toMatchObject({ NextContinuationToken: 't1', Contents: [{ Key: 'a/1' }] });
  });

  it.each(['', 'a', 'a/', 'a/r'])('is refused after the switch: "%s"', async (Prefix) => {
    scene.turnTo('target');
    const error = await list({ Prefix }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RouteError);
    expect((error as Error).message).toMatch(/names more than was moved to one place: list each/);
    expect(network.sent).toEqual([]);
  });

  it('is none if it begins beside all that is routed', async () => {
    scene.turnTo('target');
    network.answer = () => page(keys('b/1'));
    expect(await list({ Prefix: 'b/' })).toMatchObject({ Contents: [{ Key: 'b/1' }] });
    expect(network.sent[0]?.host).toBe('photos.s3.us-east-1.amazonaws.com');
  });
});

describe('an error', () => {
  it('of a listing reaches the application as it is', async () => {
    scene.turnTo('target', { buckets });
    network.answer = () => ({ status: 403, body: errorBody('AccessDenied') });
    await expect(list()).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
