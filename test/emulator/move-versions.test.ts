import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { RouteTable } from '../../shared/route.ts';
import { systemRuntime } from '../../shared/runtime.ts';
import { reservedAttribute } from '../../shared/version.ts';
import { TestBucket } from '../contract/s3/test-bucket.ts';
import { carriedBy, DELETED, textsOf } from '../contract/s3/versioned-sides.ts';
import { dynamodb, s3 } from './aws.ts';
import { assertSucceeded, Execution } from './execution.ts';
import { ObjectApplication, objectAt } from './object-application.ts';
import { BY_ITSELF, shopBuckets } from './object-stack.ts';

const NAME = 'albums';
const PAIR = shopBuckets('albums', 'in/', 'out/');
const { source: SOURCE, target: TARGET } = PAIR;
const LIVE = Array.from({ length: 6 }, (_, index) => `live/${index}`);
/** What has become of objects that nobody writes any more: undefined is a deletion. */
const STILL: Readonly<Record<string, readonly (string | undefined)[]>> = {
  'still/once': ['only'],
  'still/once more': ['same', 'same', 'other', 'same'],
  'still/deleted': ['first', 'second', undefined],
  'still/back': ['first', undefined, 'second', undefined, 'third'],
  'still/never': [undefined],
  'still/ä+b': ['first', undefined, undefined, 'second'],
};

/** Delete markers that hide nothing stay behind. */
function telling(bodies: readonly (string | undefined)[]): string[] {
  const texts = bodies.map((body) => body ?? DELETED);
  return texts.filter((text, index) => text !== DELETED || (texts[index - 1] ?? DELETED) !== DELETED);
}

describe('a migration of all versions of objects under live writes', () => {
  const outputs = inject('objectOutputs');
  const target = new TestBucket(s3, TARGET.bucket);
  let application: ObjectApplication;

  beforeAll(async () => {
    for (const { bucket: Bucket } of [SOURCE, TARGET]) {
      await s3.send(new CreateBucketCommand({ Bucket }));
      await s3.send(
        new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
      );
    }
    for (const [key, bodies] of Object.entries(STILL))
      for (const [index, Body] of bodies.entries()) {
        const object = { Bucket: SOURCE.bucket, Key: `${SOURCE.prefix}${key}` };
        if (Body === undefined) await s3.send(new DeleteObjectCommand(object));
        else
          await s3.send(
            new PutObjectCommand({ ...object, Body, Metadata: { n: `${index}` }, Tagging: `n=${index}` }),
          );
      }
    const route = new RouteTable(dynamodb, outputs.RouteTable, NAME, systemRuntime);
    await route.create([], reservedAttribute(NAME), [PAIR]);
    application = new ObjectApplication(SOURCE, {
      migration: NAME,
      routeTable: outputs.RouteTable,
      keys: LIVE,
      // A version takes a dozen requests of the emulator.
      restMilliseconds: 1_000,
    });
    const execution = await Execution.start(
      {
        name: NAME,
        resources: [{ ...PAIR, versions: 'all' }],
        copy: { workers: 2 },
        cutover: BY_ITSELF,
      },
      outputs.StateMachineArn,
    );
    assertSucceeded(await execution.ended());
    await application.stop();
  });

  it('brings each version of what nobody writes, with what it carries', async () => {
    const source = new TestBucket(s3, SOURCE.bucket);
    for (const [key, bodies] of Object.entries(STILL)) {
      const [from, to] = [`${SOURCE.prefix}${key}`, `${TARGET.prefix}${key}`];
      expect([key, await textsOf(s3, target, to)]).toEqual([key, telling(bodies)]);
      // The embedded AWS tells no tags of what is deleted.
      if (bodies.at(-1) !== undefined)
        expect(await carriedBy(s3, target, to)).toEqual(await carriedBy(s3, source, from));
    }
  });

  it('fails no write, and brings each version that was acknowledged, once and in order', async () => {
    expect(application.failures).toEqual([]);
    expect(application.made.size).toBe(LIVE.length);
    for (const [key, bodies] of application.bodies) {
      const texts = await textsOf(s3, target, `${TARGET.prefix}${key}`);
      expect([key, telling(texts.map((text) => (text === DELETED ? undefined : text)))]).toEqual([
        key,
        telling(bodies),
      ]);
      expect(await objectAt(TARGET, key)).toEqual(application.made.get(key));
    }
  });
});
