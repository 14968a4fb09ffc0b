import type {
  DeletedObject,
  DeleteObjectCommandInput,
  DeleteObjectCommandOutput,
  DeleteObjectsCommandInput,
  DeleteObjectsCommandOutput,
  _Error as S3Error,
} from '@aws-sdk/client-s3';
import type { Answer, Effect } from '../service.ts';
import { type Bucket, isObject } from './bucket.ts';
import { internalError, invalid } from './errors.ts';
import { isConditional, judgement } from './preconditions.ts';
import { keyOf } from './request-content.ts';
import type { Storage } from './storage.ts';

const MOST_DELETIONS = 1_000;

/** Of a version that is named nothing but itself is deleted, and for good. */
export function* deleteObject(
  storage: Storage,
  input: DeleteObjectCommandInput,
): Effect<Answer<DeleteObjectCommandOutput>> {
  const bucket = storage.bucket(input.Bucket);
  const key = keyOf(input);
  const { VersionId } = input;
  if (VersionId !== undefined) {
    const removed = bucket.removeVersion(key, VersionId, 'DeleteObject');
    return { VersionId, ...(removed && !isObject(removed) ? { DeleteMarker: true } : {}) };
  }
  const judge = judgement(storage, bucket, key, input);
  if (isConditional(input)) yield 'whole';
  judge();
  const marker = bucket.remove(key, 'DeleteObject');
  return marker ? { DeleteMarker: true, VersionId: marker } : {};
}

/** Each key is deleted for itself: some may be, and others come back with an error. */
export function* deleteObjects(
  storage: Storage,
  { Bucket, Delete }: DeleteObjectsCommandInput,
): Effect<Answer<DeleteObjectsCommandOutput>> {
  const bucket = storage.bucket(Bucket);
  const { Objects = [], Quiet = false } = Delete ?? {};
  if (Objects.length === 0 || Objects.length > MOST_DELETIONS)
    throw invalid('MalformedXML', 'The XML you provided was not well-formed or did not validate');
  const deleted: DeletedObject[] = [];
  const errors: S3Error[] = [];
  for (const { ETag, ...entry } of Objects) {
    const key = keyOf(entry);
    const outcome = deleteOne(storage, bucket, key, ETag);
    if (outcome instanceof Error) errors.push({ Key: key, Code: outcome.name, Message: outcome.message });
    else deleted.push({ Key: key, ...outcome });
    yield 'divisible';
  }
  return {
    ...(Quiet || deleted.length === 0 ? {} : { Deleted: deleted }),
    ...(errors.length === 0 ? {} : { Errors: errors }),
  };
}

function deleteOne(
  storage: Storage,
  bucket: Bucket,
  key: string,
  etag: string | undefined,
): Error | Omit<DeletedObject, 'Key'> {
  const fails = storage.dice.strikes('deletionFailed');
  if (fails && storage.random.chance(0.5)) return internalError();
  try {
    judgement(storage, bucket, key, { IfMatch: etag })();
  } catch (error) {
    return error as Error;
  }
  const marker = bucket.remove(key, 'DeleteObject');
  if (fails) return internalError();
  return marker ? { DeleteMarker: true, DeleteMarkerVersionId: marker } : {};
}
