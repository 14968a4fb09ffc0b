import { AbortMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import type { NotedUpload } from '../../model.ts';
import { type CopyProps, target } from './s3-copy-request.ts';
import { isChanged } from './s3-errors.ts';
import { listedKey } from './s3-key.ts';

type UploadTarget = Pick<CopyProps, 'client' | 'to'>;

/** Ends all multipart copies that were not completed, once nobody works on them any more. */
export async function endUploads(
  props: UploadTarget & Pick<CopyProps, 'uploads'>,
  alone: boolean,
): Promise<void> {
  for await (const upload of props.uploads.all()) {
    await endUpload(props, upload, alone);
    await props.uploads.forget(upload);
  }
}

/**
 * Ends one that may have parts left. One that was aborted before may be there again, by a part that was on its way then
 * (Amazon S3 API Reference, AbortMultipartUpload).
 * @param alone nobody but the migrator writes this side: where an id is not known every upload of the key is aborted.
 */
export async function endUpload(
  props: UploadTarget,
  { key, others, uploadId }: NotedUpload,
  alone: boolean,
): Promise<void> {
  const unknown = alone && (others || uploadId === undefined) ? await uploadsOf(props, key) : [];
  const known = uploadId === undefined ? [] : [uploadId];
  for (const id of new Set([...known, ...unknown])) await abortUpload(props, key, id);
}

/** Aborts an upload. It may be over already. */
export async function abortUpload(props: UploadTarget, key: string, id: string): Promise<void> {
  try {
    await props.client.send(new AbortMultipartUploadCommand({ ...target(props, key), UploadId: id }));
  } catch (error) {
    if (!isChanged(error)) throw error;
  }
}

/** The uploads of one key. They are listed by their keys, and the key itself comes before those that begin like it. */
async function uploadsOf(props: UploadTarget, key: string): Promise<string[]> {
  const { Bucket, Key } = target(props, key);
  const ids: string[] = [];
  for (let marker: { KeyMarker?: string; UploadIdMarker?: string } = {}; ; ) {
    const {
      Uploads = [],
      EncodingType,
      IsTruncated,
      NextKeyMarker = '',
      NextUploadIdMarker = '',
    } = await props.client.send(
      new ListMultipartUploadsCommand({ Bucket, Prefix: Key, EncodingType: 'url', ...marker }),
    );
    const own = Uploads.filter((upload) => listedKey(upload.Key ?? '', EncodingType) === Key);
    ids.push(...own.map(({ UploadId = '' }) => UploadId));
    if (!IsTruncated || own.length < Uploads.length) return ids;
    marker = { KeyMarker: listedKey(NextKeyMarker, EncodingType), UploadIdMarker: NextUploadIdMarker };
  }
}
