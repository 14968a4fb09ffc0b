import { locationName } from '../../bucket-location.ts';
import type { Problem } from '../../errors.ts';
import type { BucketLocation } from '../../model.ts';
import type { Looked } from './listing-problems.ts';

/** What is read of a statement of a bucket policy. */
interface Statement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Action?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** By these a policy demands conditional writes (User Guide, "Enforce conditional writes on Amazon S3 buckets"). */
const CONDITIONAL = ['s3:if-match', 's3:if-none-match'];
/** What only keeps out requests without TLS, or with an old one, concerns no client of the SDK. */
const TRANSPORT = ['aws:securetransport', 's3:tlsversion'];
const WRITES = ['s3:putobject', 's3:deleteobject'];

/**
 * What the policy of a target denies of the migrator's writes, as far as it can be told without the roles: a Deny of
 * everybody, and one that demands conditional writes, which UploadPartCopy can't be. Of others it is only said that
 * they are there.
 */
export function writeDenials(at: string, target: BucketLocation, document: string | undefined): Looked {
  const { Statement = [] } = (document === undefined ? {} : JSON.parse(document)) as {
    readonly Statement?: Statement | readonly Statement[];
  };
  const denials = [Statement]
    .flat()
    .filter((one) => one.Effect === 'Deny' && deniesWrites(one) && !isOfTransport(one));
  const problems: Problem[] = [];
  const notes: string[] = [];
  for (const one of denials) {
    const name = one.Sid ?? 'a statement without a Sid';
    if (conditionKeys(one).some((key) => CONDITIONAL.includes(key)))
      problems.push({
        at,
        problem: "the target's policy demands conditional writes, which copies in parts cannot be",
        value: name,
        allowed: "a policy that excepts the stack's roles",
        change: 'except them (aws:PrincipalArn), or remove the statement until the migration is complete',
      });
    else if (isEverybody(one) && conditionKeys(one).length === 0)
      problems.push({
        at,
        problem: "the target's policy denies writes to everybody",
        value: name,
        allowed: "a policy that lets the stack's roles write",
        change: "except the stack's roles (aws:PrincipalArn), or remove the statement",
      });
    else
      notes.push(
        `not checked: whether the policy of ${locationName(target)} denies the migrator's writes by its statement ${name}`,
      );
  }
  return { problems, notes };
}

function deniesWrites({ Action = [] }: Statement): boolean {
  return [Action].flat().some((pattern) => {
    const [beginning = '', ...rest] = pattern.toLowerCase().split('*');
    return WRITES.some((write) => (rest.length > 0 ? write.startsWith(beginning) : write === beginning));
  });
}

function isOfTransport(statement: Statement): boolean {
  const keys = conditionKeys(statement);
  return keys.length > 0 && keys.every((key) => TRANSPORT.includes(key));
}

function isEverybody({ Principal }: Statement): boolean {
  const named = typeof Principal === 'string' ? [Principal] : [Principal?.AWS ?? []].flat();
  return named.includes('*');
}

function conditionKeys({ Condition = {} }: Statement): string[] {
  return Object.values(Condition).flatMap((keys) => Object.keys(keys).map((key) => key.toLowerCase()));
}
