import { GetObjectAclCommand, type GetObjectAclCommandOutput, type Grantee } from '@aws-sdk/client-s3';
import type { S3 } from '../../clients.ts';
import { isNamed } from '../../errors.ts';
import type { BucketLocation } from '../../model.ts';
import type { ObjectOutcome } from './s3-errors.ts';
import { wholeKey } from './s3-key.ts';

/** Permissions on objects, and the parameters of the requests that grant them with the object. */
const PARAMETERS = {
  FULL_CONTROL: 'GrantFullControl',
  READ: 'GrantRead',
  READ_ACP: 'GrantReadACP',
  WRITE_ACP: 'GrantWriteACP',
} as const;

/**
 * The grants of an object as the requests name them that create it: to whom, by the parameter's name. Only so an access
 * control list is there at once with its object; without them an object is private.
 */
export type Grants = Readonly<Partial<Record<(typeof PARAMETERS)[keyof typeof PARAMETERS], string>>>;

/** Everybody, and everybody with an account (User Guide, "Access control list (ACL) overview"). */
const PUBLIC_GROUPS = /groups\/global\/(AllUsers|AuthenticatedUsers)"/;

/**
 * The grants of an object. @returns undefined for one that is private: what an object is that nothing is said of.
 * @throws an error by which S3 says that the object is gone
 */
export async function readGrants(
  client: S3,
  location: BucketLocation,
  key: string,
): Promise<Grants | undefined> {
  return grantsOf(
    await client.send(new GetObjectAclCommand({ Bucket: location.bucket, Key: wholeKey(location, key) })),
  );
}

function grantsOf({
  Grants: list = [],
  Owner,
}: Pick<GetObjectAclCommandOutput, 'Grants' | 'Owner'>): Grants | undefined {
  const [only, ...others] = list;
  const isOwners = only?.Permission === 'FULL_CONTROL' && only.Grantee?.ID === Owner?.ID;
  if (!only || (isOwners && others.length === 0)) return undefined;
  const grants: Record<string, string> = {};
  for (const [permission, parameter] of Object.entries(PARAMETERS)) {
    const grantees = list.filter(({ Permission }) => Permission === permission);
    const names = [...new Set(grantees.map(({ Grantee }) => granteeText(Grantee)))].sort();
    if (names.length > 0) grants[parameter] = names.join(', ');
  }
  return grants;
}

/** A grantee as the headers name it (Amazon S3 API Reference, PutObjectAcl). Addresses of e-mail are never answered. */
function granteeText(grantee: Grantee | undefined): string {
  return grantee?.URI === undefined ? `id="${grantee?.ID}"` : `uri="${grantee.URI}"`;
}

/**
 * A public list is refused as if it were not permitted where Block Public Access is on, which may be so for the whole
 * account (User Guide, "Blocking public access to your Amazon S3 storage").
 * @returns undefined for whatever else was refused
 */
export function refusalOfGrants(grants: Grants | undefined, error: unknown): ObjectOutcome | undefined {
  const isPublic = Object.values(grants ?? {}).some((grantees) => PUBLIC_GROUPS.test(grantees));
  if (!isPublic || !isNamed(error, 'AccessDenied')) return undefined;
  return {
    kind: 'rejected',
    reason: 'its access control list is public, which the target may block (AccessDenied)',
  };
}
