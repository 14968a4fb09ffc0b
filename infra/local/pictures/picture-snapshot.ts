import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  NoSuchKey,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Snapshot } from '../judge.ts';
import { inLanes } from '../lanes.ts';
import { type Picture, pictureDigest, sha256Of } from './picture.ts';
import type { PicturePlace } from './picture-bucket.ts';

const IN_FLIGHT = 8;

/** Reads every object below a prefix, its bytes included. Nobody may write there meanwhile. */
export async function takePictureSnapshot(client: S3Client, place: PicturePlace): Promise<Snapshot> {
  const { bucket, prefix } = place;
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix });
  const listed = (await Array.fromAsync(pages)).flatMap(({ Contents = [] }) => Contents);
  const keys = listed.map(({ Key = '' }) => Key.slice(prefix.length));
  const digests = new Map<string, string>();
  await inLanes(keys, IN_FLIGHT, async (key) => {
    digests.set(key, pictureDigest(await readPicture(client, place, key)));
  });
  return { digests };
}

/** @returns undefined where no object stands. */
export async function readPicture(
  client: S3Client,
  { bucket, prefix }: PicturePlace,
  key: string,
): Promise<Picture | undefined> {
  const object = { Bucket: bucket, Key: `${prefix}${key}` };
  try {
    const { Body, ContentType, CacheControl, Metadata } = await client.send(new GetObjectCommand(object));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    const { TagSet = [] } = await client.send(new GetObjectTaggingCommand(object));
    return {
      sha256: sha256Of(bytes),
      type: ContentType ?? '',
      caching: CacheControl ?? '',
      metadata: Metadata ?? {},
      tags: Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value])),
    };
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}
