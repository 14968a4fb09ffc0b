import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { S3 } from '../../clients.ts';
import { isNamed } from '../../errors.ts';
import type { BucketLocation } from '../../model.ts';
import type { Meter } from '../meter.ts';
import { isChanged } from './s3-errors.ts';
import { wholeKey } from './s3-key.ts';
import { spendBytes } from './s3-metered.ts';
import type { S3Object } from './s3-object.ts';

/** One object of one side. */
export interface ObjectAt {
  readonly location: BucketLocation;
  readonly object: S3Object;
}

/**
 * Reads both objects to the end and compares them. One that is another by now is not the same, nor is one that is
 * archived: whoever copies it is told why it can't be.
 */
export async function hasSameBytes(
  client: S3,
  meter: Meter | undefined,
  a: ObjectAt,
  b: ObjectAt,
): Promise<boolean> {
  await spendBytes(meter, a.object.bytes + b.object.bytes);
  const [ours, theirs] = await Promise.all([digestOf(client, a), digestOf(client, b)]);
  return ours !== undefined && ours === theirs;
}

/** @returns undefined if the object is not the one that was seen, or can't be read. */
async function digestOf(client: S3, { location, object }: ObjectAt): Promise<string | undefined> {
  try {
    const { Body } = await client.send(
      new GetObjectCommand({
        Bucket: location.bucket,
        Key: wholeKey(location, object.key),
        IfMatch: object.etag,
        ...(object.named === undefined ? {} : { VersionId: object.named }),
      }),
    );
    const hash = createHash('sha256');
    for await (const chunk of (Body ?? []) as Readable) hash.update(chunk);
    return hash.digest('hex');
  } catch (error) {
    if (isChanged(error) || isNamed(error, 'InvalidObjectState')) return undefined;
    throw error;
  }
}
