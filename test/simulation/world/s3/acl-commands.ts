import type {
  GetObjectAclCommandInput,
  GetObjectAclCommandOutput,
  PutObjectAclCommandInput,
  PutObjectAclCommandOutput,
} from '@aws-sdk/client-s3';
import type { Answer } from '../service.ts';
import { aclOf, grantsOf, OWNER } from './grants.ts';
import { readable } from './reading.ts';
import type { Storage } from './storage.ts';

export function getObjectAcl(
  storage: Storage,
  input: GetObjectAclCommandInput,
): Answer<GetObjectAclCommandOutput> {
  return { Owner: OWNER, Grants: grantsOf(readable(storage, input).acl) };
}

/** Puts one list in the place of the other. Neither its ETag nor its last modification tell of it. */
export function putObjectAcl(
  storage: Storage,
  input: PutObjectAclCommandInput,
): Answer<PutObjectAclCommandOutput> {
  const object = readable(storage, input);
  const bucket = storage.bucket(input.Bucket);
  bucket.amend(object, { acl: aclOf(bucket, input) }, 'Object ACL Updated');
  return {};
}
