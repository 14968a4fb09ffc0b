import { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { RouteError } from '../../shared/errors.ts';
import { systemRuntime } from '../../shared/runtime.ts';
import { S3_ROUTE, type S3Network, type S3Reply, S3Scene } from './router-s3-network.ts';

let scene: S3Scene;
let network: S3Network;
/** Answers the request that is under way. */
let answer: (reply: S3Reply) => void;

beforeEach(() => {
  scene = new S3Scene();
  network = scene.network;
  network.answer = () =>
    network.sent.length > 1
      ? {}
      : new Promise((resolve) => {
          answer = resolve;
        });
});

const cat = { Bucket: 'photos', Key: 'a/cat.png' };
const put = (body: string | Readable = 'meow') =>
  scene.client.send(new PutObjectCommand({ ...cat, Body: body, ContentLength: 4 }));
/** Several times as long as an attempt may last: the test's clock runs 20 times as fast. */
const LONG_MILLISECONDS = (4 * S3_ROUTE.attemptMilliseconds) / 20;

/** Begins, and lets it last for long. */
async function under<T>(sent: Promise<T>): Promise<{ sent: Promise<T> }> {
  await expect.poll(() => network.sent.length).toBe(1);
  await systemRuntime.sleep(LONG_MILLISECONDS);
  return { sent };
}

describe('an upload that lasts longer than the time limit of an attempt', () => {
  it.each(['source', 'announced'] as const)('goes on while the route stays open (%s)', async (state) => {
    scene.turnTo(state);
    const { sent } = await under(put());
    answer({});
    expect((await sent).$metadata.attempts).toBe(1);
    expect(network.sent).toHaveLength(1);
  });

  it('goes on when the limit was shortened under way', async () => {
    scene.turnTo('source', { attemptMilliseconds: 8_000 });
    const { sent } = await under(put());
    scene.turnTo('source', { attemptMilliseconds: 500 });
    await systemRuntime.sleep(8_000 / 20);
    answer({});
    expect((await sent).$metadata.attempts).toBe(1);
  });

  it('is given up within the limit when the fence comes, and sent again where the route points then', async () => {
    const { sent } = await under(put());
    scene.turnTo('fenced', { deadline: scene.now + 60_000 });
    await systemRuntime.sleep(LONG_MILLISECONDS);
    // Too late to count.
    answer({});
    scene.turnTo('target');
    expect((await sent).$metadata.attempts).toBe(2);
    expect(network.lines[1]).toBe('PUT photos-v2.s3.us-east-1.amazonaws.com/new/cat.png');
  });

  it('is given up when the switch has come, also when nobody has seen the fence', async () => {
    const { sent } = await under(put());
    scene.turnTo('target');
    expect((await sent).$metadata.attempts).toBe(2);
  });

  it('is given up when a switch and a rollback have come in between', async () => {
    const { sent } = await under(put());
    scene.turnTo('source', { switchedAt: 1 });
    expect((await sent).$metadata.attempts).toBe(2);
  });

  it('fails if it is a stream: what is read of it can not be sent again', async () => {
    const { sent } = await under(put(Readable.from([Buffer.from('meow')])));
    scene.turnTo('fenced', { deadline: scene.now + 60_000 });
    const error = await sent.catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RouteError);
    expect(error).toMatchObject({ name: 'TimeoutError', message: 'no answer within 500 ms' });
  });

  it('goes on when its answer comes between the fence and the limit', async () => {
    const { sent } = await under(put());
    scene.turnTo('fenced', { deadline: scene.now + 60_000 });
    answer({});
    expect((await sent).$metadata.attempts).toBe(1);
  });

  it('is given up when the route can not be read any more', async () => {
    const { sent } = await under(put());
    scene.now += 2_000;
    scene.table.read = () => ({ status: 400, body: { __type: 'AccessDeniedException' } });
    await expect(sent).rejects.toMatchObject({
      message: expect.stringContaining("the route of m can't be read"),
      $metadata: { attempts: 2 },
    });
  });

  it('is noted anew from time to time, before it may go on', async () => {
    scene.turnTo('source', { hinted: 2 });
    const { sent } = await under(put());
    expect(scene.hints).toHaveLength(1);
    scene.now += 2_000;
    await systemRuntime.sleep(LONG_MILLISECONDS);
    expect(scene.hints).toHaveLength(2);
    scene.table.write = () => ({ status: 400, body: { __type: 'AccessDeniedException' } });
    scene.now += 2_000;
    await expect(sent).rejects.toMatchObject({
      message: expect.stringContaining("a PutObject can't be noted"),
      $metadata: { attempts: 2 },
    });
  });
});

it('a read that lasts longer goes on behind the fence, which holds no reads', async () => {
  scene.turnTo('fenced', { deadline: scene.now + 60_000 });
  const { sent } = await under(scene.client.send(new GetObjectCommand(cat)));
  answer({ body: 'meow' });
  expect((await sent).$metadata.attempts).toBe(1);
});
