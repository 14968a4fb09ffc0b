import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { isNamed } from '../../shared/errors.ts';
import type { BucketLocation } from '../../shared/model.ts';
import { routedS3 } from '../../shared/router-s3.ts';
import { clientConfig, s3 } from './aws.ts';

/** What the embedded AWS can carry: it judges the rights of each request, and each write is followed by a dozen more. */
const REST_MILLISECONDS = 250;

/** An object as an application made it. */
export interface MadeObject {
  readonly body: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** Writes objects of its own one after the other, behind the router, and knows what it was told to be done. */
export class ObjectApplication {
  readonly made: Map<string, MadeObject | undefined>;
  /** The bodies of all versions of each key, undefined for a deletion. */
  readonly bodies = new Map<string, (string | undefined)[]>();
  readonly failures: unknown[] = [];
  acknowledged = 0;
  longestMilliseconds = 0;
  readonly #client: S3Client;
  readonly #location: BucketLocation;
  readonly #restMilliseconds: number;
  #stopping = false;
  readonly #ended: Promise<void>;

  constructor(
    location: BucketLocation,
    props: {
      readonly migration: string;
      readonly routeTable: string;
      readonly keys: readonly string[];
      /** What an earlier one was told to be done: this one goes on in its map. @default nothing */
      readonly made?: Map<string, MadeObject | undefined>;
      /** Between two writes. @default 50 */
      readonly restMilliseconds?: number;
    },
  ) {
    this.made = props.made ?? new Map();
    this.#restMilliseconds = props.restMilliseconds ?? REST_MILLISECONDS;
    this.#location = location;
    this.#client = routedS3(new S3Client({ ...clientConfig, forcePathStyle: true, maxAttempts: 8 }), {
      migration: props.migration,
      routeTable: props.routeTable,
      routeClient: new DynamoDBClient(clientConfig),
    });
    this.#ended = this.#work(props.keys);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#ended;
  }

  async #work(keys: readonly string[]): Promise<void> {
    for (let count = 0; !this.#stopping; count++) {
      const key = keys[count % keys.length] as string;
      const began = performance.now();
      try {
        await this.#write(key, count);
        this.acknowledged++;
      } catch (error) {
        this.failures.push(error);
      }
      this.longestMilliseconds = Math.max(this.longestMilliseconds, performance.now() - began);
      await setTimeout(this.#restMilliseconds);
    }
  }

  async #write(key: string, count: number): Promise<void> {
    const target = { Bucket: this.#location.bucket, Key: `${this.#location.prefix}${key}` };
    if (count % 5 === 4) {
      await this.#client.send(new DeleteObjectCommand(target));
      this.#note(key, undefined);
      return;
    }
    const made = {
      body: `${key} number ${count}`,
      metadata: { number: String(count) },
      tags: { n: String(count % 3) },
    };
    const Tagging = new URLSearchParams(made.tags).toString();
    await this.#client.send(
      new PutObjectCommand({ ...target, Body: made.body, Metadata: made.metadata, Tagging }),
    );
    this.#note(key, made);
  }

  #note(key: string, made: MadeObject | undefined): void {
    this.made.set(key, made);
    this.bodies.set(key, [...(this.bodies.get(key) ?? []), made?.body]);
  }
}

/** An object as it stands on one side. */
export async function objectAt(
  { bucket, prefix }: BucketLocation,
  key: string,
): Promise<MadeObject | undefined> {
  const target = { Bucket: bucket, Key: `${prefix}${key}` };
  try {
    const { Body, Metadata = {} } = await s3.send(new GetObjectCommand(target));
    const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand(target));
    const tags = Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]));
    return { body: (await Body?.transformToString()) ?? '', metadata: Metadata, tags };
  } catch (error) {
    if (isNamed(error, 'NoSuchKey')) return undefined;
    throw error;
  }
}
