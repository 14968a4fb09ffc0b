import type { Grant, PutObjectCommandInput } from '@aws-sdk/client-s3';
import type { Bucket } from './bucket.ts';
import { aclsNotSupported, invalid } from './errors.ts';

/** The one account of the model. */
export const OWNER = { ID: 'f'.repeat(64) };

const GROUPS = 'http://acs.amazonaws.com/groups/global';
/** What a canned list grants beside the owner's full control (User Guide, "Canned ACL"). */
const CANNED: Readonly<Record<string, readonly Grant[]>> = {
  private: [],
  'bucket-owner-full-control': [],
  'public-read': [{ Permission: 'READ', Grantee: { Type: 'Group', URI: `${GROUPS}/AllUsers` } }],
  'authenticated-read': [
    { Permission: 'READ', Grantee: { Type: 'Group', URI: `${GROUPS}/AuthenticatedUsers` } },
  ],
};
const PARAMETERS = {
  GrantFullControl: 'FULL_CONTROL',
  GrantRead: 'READ',
  GrantReadACP: 'READ_ACP',
  GrantWriteACP: 'WRITE_ACP',
} as const;

/** What a request says of an access control list: a canned one, or each grant. */
export type AclInput = Pick<PutObjectCommandInput, 'ACL' | keyof typeof PARAMETERS>;

/** The same without what says nothing. @throws AccessControlListNotSupported where the bucket knows no such list */
export function aclOf(bucket: Bucket, input: AclInput): AclInput {
  const { ACL, GrantFullControl, GrantRead, GrantReadACP, GrantWriteACP } = input;
  const acl = { ACL, GrantFullControl, GrantRead, GrantReadACP, GrantWriteACP };
  const said = Object.entries(acl).filter(([, value]) => value !== undefined);
  if (ACL !== undefined && said.length > 1)
    throw invalid('InvalidRequest', 'Specifying both Canned ACLs and Header Grants is not allowed');
  if (said.length > 0 && bucket.knowsNoAcls && ACL !== 'bucket-owner-full-control') throw aclsNotSupported();
  return Object.fromEntries(said);
}

/** The grants that a list consists of. Named ones are all there are: the owner's own is one of them. */
export function grantsOf(acl: AclInput): Grant[] {
  const named = Object.entries(PARAMETERS).flatMap(([parameter, Permission]) =>
    (acl[parameter as keyof typeof PARAMETERS] ?? '')
      .split(',')
      .filter((grantee) => grantee.trim() !== '')
      .map((grantee) => ({ Permission, Grantee: granteeOf(grantee) })),
  );
  if (named.length > 0) return named;
  const own: Grant = { Permission: 'FULL_CONTROL', Grantee: { Type: 'CanonicalUser', ...OWNER } };
  return [own, ...(CANNED[acl.ACL ?? 'private'] ?? [])];
}

function granteeOf(text: string): Grant['Grantee'] {
  const { kind, name } = /^\s*(?<kind>id|uri)="(?<name>[^"]+)"\s*$/.exec(text)?.groups ?? {};
  if (!name) throw invalid('InvalidArgument', `Argument format not recognized: ${text}`);
  return kind === 'id' ? { Type: 'CanonicalUser', ID: name } : { Type: 'Group', URI: name };
}
