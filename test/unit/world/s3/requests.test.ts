import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { FinalizeRequestMiddleware, SerializeMiddleware } from '@smithy/types';
import { describe, expect, it } from 'vitest';
import { USUAL_FAULTS, USUAL_S3_FAULTS } from '../../../simulation/world/faults.ts';
import type { Task } from '../../../simulation/world/task.ts';
import type { World } from '../../../simulation/world/world.ts';
import { newWorld, refused, text } from './object-requests.ts';

const put = (world: World, task: Task, maxAttempts = 1) =>
  world
    .s3Client(task, { maxAttempts })
    .send(new PutObjectCommand({ Bucket: 'source', Key: 'a', Body: 'text' }));
const written = (world: World) => world.bucket('source').current('a') !== undefined;

describe('a request to S3', () => {
  it('that is throttled is told to slow down, and has no effect', async () => {
    const world = newWorld(1, { throttled: 1 });
    await expect(world.run((task) => put(world, task))).rejects.toMatchObject(refused('SlowDown', 503));
    expect(written(world)).toBe(false);
  });

  it('is told so by a service that is busy, as is every other one of the next seconds', async () => {
    const world = newWorld(1, { busy: 0.05 });
    const refusals: number[] = [];
    await world.run(async (task) => {
      for (let count = 0; count < 500; count++) {
        await put(world, task).catch((error: unknown) => {
          expect(error).toMatchObject(refused('SlowDown', 503));
          refusals.push(count);
        });
        await task.runtime.sleep(100);
      }
    });
    const spells = world.faultCounts.busy ?? 0;
    expect(spells).toBeGreaterThan(2);
    expect(refusals.length).toBeGreaterThan(5 * spells);
    expect(refusals.length).toBeLessThan(500);
  });

  it('without a body in its answer, as HEAD, learns of a refusal by its status alone', async () => {
    const world = newWorld(1, { throttled: 1 });
    const head = (task: Task) =>
      world.s3Client(task, { maxAttempts: 1 }).send(new HeadObjectCommand({ Bucket: 'source', Key: 'a' }));
    await expect(world.run(head)).rejects.toMatchObject(refused('Unknown', 503));
  });

  it('is tried again as the SDK does: not what was refused for good', async () => {
    const world = newWorld(1, { throttled: 1 });
    await expect(world.run((task) => put(world, task, 3))).rejects.toMatchObject({
      $metadata: { attempts: 3 },
    });
    const other = newWorld(1);
    const head = (task: Task) =>
      other.s3Client(task).send(new HeadObjectCommand({ Bucket: 'source', Key: 'a' }));
    await expect(other.run(head)).rejects.toMatchObject({ $metadata: { attempts: 1 } });
  });

  it('whose connection broke before had no effect; after, it had one', async () => {
    for (const [fault, effect] of [
      ['lostRequest', false],
      ['lostAnswer', true],
    ] as const) {
      const world = newWorld(1, { [fault]: 1 });
      await expect(world.run((task) => put(world, task))).rejects.toMatchObject({ code: 'ECONNRESET' });
      expect(written(world)).toBe(effect);
    }
  });

  it('that failed in the server may have had an effect or not', async () => {
    const effects = new Set<boolean>();
    for (let seed = 0; seed < 20; seed++) {
      const world = newWorld(seed, { serverError: 1 });
      await expect(world.run((task) => put(world, task))).rejects.toMatchObject(
        refused('InternalError', 500),
      );
      effects.add(written(world));
    }
    expect(effects.size).toBe(2);
  });

  it('may take effect after its sender has given it up', async () => {
    const world = newWorld(1, { lateEffect: 1 });
    let writtenAtAnswer = true;
    await world.run(async (task) => {
      await expect(put(world, task)).rejects.toMatchObject({ name: 'TimeoutError' });
      writtenAtAnswer = written(world);
    });
    expect([writtenAtAnswer, written(world)]).toEqual([false, true]);
  });

  it('for many deletions may stop half way, or fail for one key that is deleted nevertheless', async () => {
    const objects = ['a', 'b', 'c', 'd'].map((key) => ({ key, body: 'text' }));
    const Delete = { Objects: objects.map(({ key }) => ({ Key: key })) };
    const left = new Set<number>();
    let deletedWithError = 0;
    for (let seed = 0; seed < 40; seed++) {
      const world = newWorld(seed, { halfDone: 0.2, deletionFailed: 0.2 }, objects);
      const answer = await world
        .run((task) =>
          world
            .s3Client(task, { maxAttempts: 1 })
            .send(new DeleteObjectsCommand({ Bucket: 'source', Delete })),
        )
        .catch(() => ({ Errors: [] }));
      left.add(world.bucket('source').objects().length);
      for (const { Key = '' } of answer.Errors ?? [])
        if (!world.bucket('source').current(Key)) deletedWithError++;
    }
    expect(left.size).toBeGreaterThan(2);
    expect(deletedWithError).toBeGreaterThan(0);
  });

  it('passes a middleware at each attempt, which may change its names and keep its content', async () => {
    const world = newWorld(1, { throttled: 0.9 });
    let attempts = 0;
    await world.run(async (task) => {
      const s3 = world.s3Client(task, { maxAttempts: 50 }) as S3Client;
      const middleware: FinalizeRequestMiddleware<object, object> = (next) => async (args) => {
        attempts++;
        const { query, ...rest } = args.request as { readonly query: object };
        return next({ ...args, request: { ...rest, query: { ...query, Bucket: 'target' } } });
      };
      const { middlewareStack } = s3;
      middlewareStack.addRelativeTo(middleware as never, {
        relation: 'before',
        toMiddleware: 'httpSigningMiddleware',
      });
      await s3.send(new PutObjectCommand({ Bucket: 'source', Key: 'a', Body: 'text' }));
    });
    expect(attempts).toBe((world.faultCounts.throttled ?? 0) + 1);
    expect(attempts).toBeGreaterThan(1);
    expect(written(world)).toBe(false);
    expect(world.bucket('target').objects().map(text)).toEqual(['text']);
  });

  it('can be made of another input by a middleware before its serialization', async () => {
    const world = newWorld(1);
    await world.run(async (task) => {
      const s3 = world.s3Client(task) as S3Client;
      const middleware: SerializeMiddleware<object, object> = (next) => (args) =>
        next({ ...args, input: { ...args.input, Key: 'b' } });
      s3.middlewareStack.add(middleware as never, { step: 'serialize' });
      await s3.send(new PutObjectCommand({ Bucket: 'source', Key: 'a', Body: 'text' }));
    });
    expect(
      world
        .bucket('source')
        .objects()
        .map(({ key }) => key),
    ).toEqual(['b']);
  });

  it('goes the same way for the same seed, and another one for another', async () => {
    const traceOf = async (seed: number) => {
      const world = newWorld(seed, { ...USUAL_FAULTS, ...USUAL_S3_FAULTS }, [{ key: 'a', body: 'old' }]);
      world.deliverEvents({ bucket: 'source', handler: (_, task) => task.point('is told') });
      for (const name of ['copier', 'writer'])
        world.scheduler.spawn(name, async (task) => {
          const s3 = world.s3Client(task, { maxAttempts: 20 });
          for (let turn = 0; turn < 10; turn++)
            await (name === 'writer'
              ? put(world, task, 20)
              : s3.send(new CopyObjectCommand({ Bucket: 'target', Key: 'a', CopySource: 'source/a' })));
        });
      await world.scheduler.run();
      return world.trace();
    };
    expect(await traceOf(7)).toEqual(await traceOf(7));
    expect(await traceOf(7)).not.toEqual(await traceOf(8));
  });
});
