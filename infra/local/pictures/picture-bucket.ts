import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { inLanes } from '../lanes.ts';
import { type Picture, sha256Of } from './picture.ts';
import type { PictureFile } from './picture-files.ts';

const IN_FLIGHT = 6;

/** The objects below a prefix. */
export interface PicturePlace {
  readonly bucket: string;
  readonly prefix: string;
}

export async function createBucket(client: S3Client, bucket: string): Promise<void> {
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
}

/**
 * Uploads files under their names.
 * @param progress is told how many have been uploaded so far.
 * @returns what stands there now, by its key below the prefix.
 */
export async function loadPictures(
  client: S3Client,
  place: PicturePlace,
  files: readonly PictureFile[],
  progress: (written: number) => void = () => undefined,
): Promise<Map<string, Picture>> {
  const pictures = new Map<string, Picture>();
  await inLanes(files, IN_FLIGHT, async (file) => {
    const bytes = file.bytes();
    const [folder = '', codePoints = ''] = file.name.replace(/\.png$/, '').split('/');
    const picture = { ...pictureOf(bytes), metadata: { 'code-points': codePoints }, tags: { folder } };
    await client.send(new PutObjectCommand({ ...putInput(place, file.name, picture), Body: bytes }));
    pictures.set(file.name, picture);
    progress(pictures.size);
  });
  return pictures;
}

/** A picture of these bytes, with nothing of its own beside them. */
export function pictureOf(bytes: Uint8Array): Picture {
  return {
    sha256: sha256Of(bytes),
    type: 'image/png',
    caching: 'public, max-age=604800',
    metadata: {},
    tags: {},
  };
}

/** How S3 is asked to store a picture; its bytes are not in it. */
export function putInput({ bucket, prefix }: PicturePlace, key: string, picture: Picture) {
  return {
    Bucket: bucket,
    Key: `${prefix}${key}`,
    ContentType: picture.type,
    CacheControl: picture.caching,
    Metadata: { ...picture.metadata },
    Tagging: new URLSearchParams(picture.tags).toString(),
  };
}
