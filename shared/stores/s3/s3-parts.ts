import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { inParallel } from '../../parallel.ts';
import type { CopyProps } from './s3-copy-request.ts';
import { wholeKey } from './s3-key.ts';
import { isInParts, type S3Object } from './s3-object.ts';

/** S3's limit (User Guide, "Amazon S3 multipart upload limits"). */
const MOST_PARTS = 10_000;
const HEADS_IN_FLIGHT = 16;

/** The bytes of each part in which an object is copied: as it was uploaded, or evenly. */
export async function partSizes(props: CopyProps, object: S3Object): Promise<number[]> {
  const { bytes } = object;
  if (!isInParts(object)) return evenParts(bytes, Math.max(props.partBytes, Math.ceil(bytes / MOST_PARTS)));
  const first = await part(props, object, 1);
  const even = evenParts(bytes, first.bytes);
  if (even.length === first.parts) {
    // Uploaders cut evenly. One that does not is told by its last part; where not even that, the bytes are compared.
    const last = first.parts === 1 ? first : await part(props, object, first.parts);
    if (last.bytes === even.at(-1)) return even;
  }
  const others = Array.from({ length: first.parts - 1 }, (_, index) => index + 2);
  const rest = await inParallel(others, HEADS_IN_FLIGHT, (number) => part(props, object, number));
  return [first.bytes, ...rest.map((one) => one.bytes)];
}

function evenParts(bytes: number, size: number): number[] {
  return Array.from({ length: Math.ceil(bytes / size) }, (_, index) => Math.min(size, bytes - index * size));
}

/** @throws an error by which S3 says that the object is another one by now. */
async function part(
  { client, from }: CopyProps,
  { key, etag, named }: S3Object,
  number: number,
): Promise<{ readonly bytes: number; readonly parts: number }> {
  const { ContentLength = 0, PartsCount = 1 } = await client.send(
    new HeadObjectCommand({
      Bucket: from.bucket,
      Key: wholeKey(from, key),
      PartNumber: number,
      IfMatch: etag,
      ...(named === undefined ? {} : { VersionId: named }),
    }),
  );
  return { bytes: ContentLength, parts: PartsCount };
}
