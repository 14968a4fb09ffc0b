import type {
  DeleteObjectTaggingCommandInput,
  DeleteObjectTaggingCommandOutput,
  GetObjectTaggingCommandInput,
  GetObjectTaggingCommandOutput,
  PutObjectTaggingCommandInput,
  PutObjectTaggingCommandOutput,
} from '@aws-sdk/client-s3';
import type { Answer } from '../service.ts';
import { versionOf } from './object-answers.ts';
import { readable } from './reading.ts';
import { checkedTags } from './request-content.ts';
import type { Storage } from './storage.ts';

export function getObjectTagging(
  storage: Storage,
  input: GetObjectTaggingCommandInput,
): Answer<GetObjectTaggingCommandOutput> {
  const object = readable(storage, input);
  return {
    TagSet: Object.entries(object.tags).map(([Key, Value]) => ({ Key, Value })),
    ...versionOf(object),
  };
}

export function putObjectTagging(
  storage: Storage,
  input: PutObjectTaggingCommandInput,
): Answer<PutObjectTaggingCommandOutput> {
  const object = readable(storage, input);
  const tags = checkedTags(input.Tagging?.TagSet ?? []);
  storage.bucket(input.Bucket).amend(object, { tags }, 'Object Tags Added');
  return versionOf(object);
}

export function deleteObjectTagging(
  storage: Storage,
  input: DeleteObjectTaggingCommandInput,
): Answer<DeleteObjectTaggingCommandOutput> {
  const object = readable(storage, input);
  storage.bucket(input.Bucket).amend(object, { tags: {} }, 'Object Tags Deleted');
  return versionOf(object);
}
