import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

/** A Deny of all writes of a resource for all but some roles. */
export interface DenyStatement {
  readonly Sid: string;
  readonly Effect: 'Deny';
  readonly Principal: '*';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition: { readonly ArnNotEquals: { readonly 'aws:PrincipalArn': readonly string[] } };
}

interface Policy {
  readonly Statement?: unknown;
  readonly [field: string]: unknown;
}

interface Denial {
  readonly sid: string;
  readonly actions: readonly string[];
  /** ARNs, or patterns of them. */
  readonly resources: readonly string[];
  /**
   * ARNs of roles. Whoever has assumed one is told by the ARN of the role, not of the session (IAM User Guide,
   * "aws:PrincipalArn").
   */
  readonly exempt: readonly string[];
}

export function denyStatement({ sid, actions, resources, exempt }: Denial): DenyStatement {
  return {
    Sid: sid,
    Effect: 'Deny',
    Principal: '*',
    Action: actions,
    Resource: resources.length === 1 ? (resources[0] as string) : resources,
    Condition: { ArnNotEquals: { 'aws:PrincipalArn': [...exempt].sort() } },
  };
}

/** Letters and digits alone, as IAM wants them, of a migration's name and what tells one Deny from another. */
export function statementId(migration: string, epoch: number, routeRevision: number): string {
  return `${idPrefix(migration)}${epoch}Revision${routeRevision}`;
}

function idPrefix(migration: string): string {
  return `Segue${migration.replaceAll('-', '')}Epoch`;
}

/** A policy with a statement more; the others stay as they are. @param document undefined where there is none. */
export function withStatement(document: string | undefined, statement: DenyStatement): string {
  const policy: Policy = document === undefined ? { Version: '2012-10-17' } : JSON.parse(document);
  return JSON.stringify({ ...policy, Statement: [...statementsOf(document), statement] });
}

/**
 * A policy without what a migration has put there.
 * @returns undefined where nothing else is left: no policy is empty.
 */
export function withoutOwn(document: string | undefined, migration: string): string | undefined {
  if (document === undefined) return undefined;
  const all = statementsOf(document);
  const others = all.filter((statement) => !isOwn(statement, migration));
  if (others.length === 0) return undefined;
  return others.length === all.length
    ? document
    : JSON.stringify({ ...JSON.parse(document), Statement: others });
}

/** What a migration has put into a policy. */
export function ownStatements(document: string | undefined, migration: string): readonly DenyStatement[] {
  return statementsOf(document).filter((statement) => isOwn(statement, migration));
}

function isOwn(statement: unknown, migration: string): statement is DenyStatement {
  const { Sid = '' } = statement as { readonly Sid?: string };
  const prefix = idPrefix(migration);
  return Sid.startsWith(prefix) && /^\d+Revision\d+$/.test(Sid.slice(prefix.length));
}

/**
 * Whether two policies say the same, however they are spaced and written: S3 hands a policy on with its values sorted,
 * one that stands alone without its list, and an empty id where a statement has none.
 */
export function samePolicy(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one === other || isDeepStrictEqual(asRead(JSON.parse(one)), asRead(JSON.parse(other)));
}

/** The same of statements. */
export function sameStatements(some: readonly unknown[], others: readonly unknown[]): boolean {
  return isDeepStrictEqual(some.map(asRead), others.map(asRead));
}

/** A digest of what a policy says. */
export function policyDigest(document: string): string {
  return createHash('sha256')
    .update(JSON.stringify(asRead(JSON.parse(document))))
    .digest('hex');
}

/**
 * A policy, or a part of one, in the one way in which all that say the same are written. The order of lists of
 * statements stays.
 */
function asRead(part: unknown): unknown {
  if (Array.isArray(part)) {
    const all = part.map(asRead);
    if (all.length === 1) return all[0];
    return all.every((one) => typeof one === 'string') ? all.toSorted() : all;
  }
  if (typeof part !== 'object' || part === null) return part;
  const fields = Object.entries(part).filter(([name, value]) => name !== 'Sid' || value !== '');
  return Object.fromEntries(
    fields.map(([name, value]) => [name, asRead(value)] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** What has become of a policy, in words: what it has no more and what it has now. */
export function policyDifference(before: string | undefined, now: string | undefined): string[] {
  const [had, has] = [statementsOf(before), statementsOf(now)];
  const missing = (some: readonly unknown[], from: readonly unknown[]) =>
    some.filter((statement) => !from.some((other) => sameStatements([statement], [other])));
  const found = [
    ...missing(had, has).map((statement) => `removed: ${statementText(statement)}`),
    ...missing(has, had).map((statement) => `added: ${statementText(statement)}`),
  ];
  if (found.length > MOST_DIFFERENCES)
    return [...found.slice(0, MOST_DIFFERENCES), `and ${found.length - MOST_DIFFERENCES} more`];
  if (found.length > 0) return found;
  return samePolicy(before, now)
    ? []
    : ['its statements stand in another order, or another field has changed'];
}

const MOST_DIFFERENCES = 20;
const MOST_STATEMENT_CHARACTERS = 300;

function statementText(statement: unknown): string {
  const text = JSON.stringify(statement);
  return text.length > MOST_STATEMENT_CHARACTERS ? `${text.slice(0, MOST_STATEMENT_CHARACTERS)}…` : text;
}

/** A policy's statements: one may stand alone, without a list (IAM JSON policy reference, "Statement"). */
function statementsOf(document: string | undefined): readonly unknown[] {
  if (document === undefined) return [];
  const { Statement: statements } = JSON.parse(document) as Policy;
  return statements === undefined ? [] : [statements].flat();
}
