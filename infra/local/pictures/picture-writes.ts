import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { ResponseMetadata } from '@smithy/types';
import type { Reply } from '../bookkeeping.ts';
import type { Picture } from './picture.ts';
import { type PicturePlace, putInput } from './picture-bucket.ts';
import { readPicture } from './picture-snapshot.ts';

/** The least that S3 takes for a part that is not the last one. */
const PART_BYTES = 5 * 2 ** 20;
/** An upload in parts that is open at the switch has to be begun again; it meets one switch at most. */
const UPLOADS = 3;

/** The requests that an application sends to write pictures, with the router in its client. */
export class PictureWrites {
  readonly #client: S3Client;
  readonly #place: PicturePlace;
  /** Uploads in parts that ended with `NoSuchUpload`, and were begun again. */
  uploadsBegunAgain = 0;

  constructor(client: S3Client, place: PicturePlace) {
    this.#client = client;
    this.#place = place;
  }

  /** Whatever stands there. */
  put(key: string, picture: Picture, bytes: Uint8Array): Promise<Reply<Picture>> {
    return this.#put(key, picture, { Body: bytes });
  }

  /** Where nothing stands. */
  create(key: string, picture: Picture, bytes: Uint8Array): Promise<Reply<Picture>> {
    return this.#put(key, picture, { Body: bytes, IfNoneMatch: '*' });
  }

  /** Over what stands there, if it is still the same (optimistic locking). */
  async replace(key: string, picture: Picture, bytes: Uint8Array): Promise<Reply<Picture>> {
    const { ETag } = await this.#client.send(new HeadObjectCommand(this.#at(key)));
    return this.#put(key, picture, { Body: bytes, IfMatch: ETag });
  }

  /** From another key: the bytes and everything else. */
  async copy(from: string, key: string): Promise<Reply<Picture>> {
    const { bucket, prefix } = this.#place;
    const source = `${bucket}/${prefix}${from}`.split('/').map(encodeURIComponent).join('/');
    return acknowledged(
      await this.#client.send(new CopyObjectCommand({ ...this.#at(key), CopySource: source })),
    );
  }

  async tag(key: string, tags: Picture['tags']): Promise<Reply<Picture>> {
    const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    return acknowledged(
      await this.#client.send(new PutObjectTaggingCommand({ ...this.#at(key), Tagging: { TagSet } })),
    );
  }

  async remove(key: string): Promise<Reply<Picture>> {
    return acknowledged(await this.#client.send(new DeleteObjectCommand(this.#at(key))));
  }

  /** Several at once. @throws Error when one of them could not be deleted. */
  async removeAll(keys: readonly string[]): Promise<Reply<Picture>> {
    const { bucket, prefix } = this.#place;
    const answer = await this.#client.send(
      new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Objects: keys.map((key) => ({ Key: `${prefix}${key}` })) },
      }),
    );
    const { Errors = [] } = answer;
    if (Errors.length > 0) throw new Error(`not deleted: ${JSON.stringify(Errors)}`);
    return acknowledged(answer);
  }

  /** In parts, as SDKs upload what is large. Begun again when the upload is gone: each side has uploads of its own. */
  async upload(key: string, picture: Picture, bytes: Uint8Array): Promise<Reply<Picture>> {
    for (let upload = 1; ; upload++)
      try {
        return await this.#upload(key, picture, bytes);
      } catch (error) {
        if (!isNamed(error, 'NoSuchUpload') || upload === UPLOADS) throw error;
        this.uploadsBegunAgain++;
      }
  }

  async #upload(key: string, picture: Picture, bytes: Uint8Array): Promise<Reply<Picture>> {
    const { UploadId } = await this.#client.send(
      new CreateMultipartUploadCommand(putInput(this.#place, key, picture)),
    );
    const upload = { ...this.#at(key), UploadId };
    try {
      const parts: { readonly PartNumber: number; readonly ETag: string | undefined }[] = [];
      for (let from = 0; from < bytes.length; from += PART_BYTES) {
        const PartNumber = parts.length + 1;
        const Body = bytes.subarray(from, from + PART_BYTES);
        const { ETag } = await this.#client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
        parts.push({ PartNumber, ETag });
      }
      return acknowledged(
        await this.#client.send(
          new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }),
        ),
      );
    } catch (error) {
      await this.#client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
      throw error;
    }
  }

  async #put(
    key: string,
    picture: Picture,
    more: Pick<PutObjectCommandInput, 'Body' | 'IfMatch' | 'IfNoneMatch'>,
  ): Promise<Reply<Picture>> {
    try {
      return acknowledged(
        await this.#client.send(new PutObjectCommand({ ...putInput(this.#place, key, picture), ...more })),
      );
    } catch (error) {
      if (!isNamed(error, 'PreconditionFailed')) throw error;
      const attempts = (error as S3ServiceException).$metadata.attempts ?? 1;
      if (attempts === 1) return { kind: 'refused', attempts };
      // An earlier attempt whose answer was lost may be what stands in the way.
      return {
        ...{ kind: 'refused', attempts },
        shown: { content: await readPicture(this.#client, this.#place, key) },
      };
    }
  }

  #at(key: string) {
    return { Bucket: this.#place.bucket, Key: `${this.#place.prefix}${key}` };
  }
}

function acknowledged({ $metadata }: { readonly $metadata: ResponseMetadata }): Reply<Picture> {
  return { kind: 'acknowledged', attempts: $metadata.attempts ?? 1 };
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof S3ServiceException && error.name === name;
}
