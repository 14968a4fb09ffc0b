import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3 } from './clients.ts';
import { otherSide } from './direction.ts';
import { isNamed } from './errors.ts';
import { locationText } from './object-places.ts';
import type { Route } from './route.ts';

/** No object has it: an ETag is a hash of the content, or of the hashes of its parts. */
const NO_ETAG = `"${'0'.repeat(32)}"`;
/** How S3 says that a condition does not hold, or that there is no object to hold it against. */
const NOT_HELD = ['PreconditionFailed', 'NoSuchKey', 'NotFound'];

/**
 * Tries a put and a delete at each place of the passive side with a condition that can't hold.
 * @returns why one is not allowed.
 */
export async function proveBuckets(client: S3, { buckets = [], active }: Route): Promise<string | undefined> {
  const passive = otherSide(active);
  for (const { [passive]: place } of buckets) {
    const condition = { Bucket: place.bucket, Key: `${place.prefix}segue-proof`, IfMatch: NO_ETAG };
    try {
      await neverHolds(client.send(new PutObjectCommand({ ...condition, Body: '', ContentLength: 0 })));
      await neverHolds(client.send(new DeleteObjectCommand(condition)));
    } catch (error) {
      return `${locationText(place)}: ${(error as Error).name}: ${(error as Error).message}`;
    }
  }
  return undefined;
}

async function neverHolds(sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!isNamed(error, ...NOT_HELD)) throw error;
  }
}
