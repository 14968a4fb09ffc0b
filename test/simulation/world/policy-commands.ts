import {
  type DeleteResourcePolicyCommandInput,
  type DeleteResourcePolicyCommandOutput,
  type GetResourcePolicyCommandInput,
  type GetResourcePolicyCommandOutput,
  PolicyNotFoundException,
  type PutResourcePolicyCommandInput,
  type PutResourcePolicyCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Database } from './database.ts';
import { accessDenied, inUse, validationError } from './errors.ts';
import { denies } from './policy.ts';
import type { Answer, Caller } from './service.ts';
import type { Table } from './table.ts';

const FURTHER_CHANGE_MILLISECONDS = 15_000;
const POLICY_BYTES = 20_480;

/** A table's policy, or its removal, from some moment on. */
export interface PolicyChange {
  readonly document: string | undefined;
  readonly revision: string;
  /** The task whose request it was. */
  readonly actor: string;
  readonly madeAt: number;
  /** Until then each request may still meet the policy before. */
  readonly settledAt: number;
}

/** Is told of each change of a table's policy, with the document that stood there before. */
export type PolicyListener = (
  table: string,
  change: Pick<PolicyChange, 'document' | 'actor'>,
  before: string | undefined,
) => void;

export function putPolicy(
  database: Database,
  input: PutResourcePolicyCommandInput,
  { name }: Caller,
): Answer<PutResourcePolicyCommandOutput> {
  const table = database.table(input.ResourceArn);
  const document = input.Policy ?? '';
  checkSyntax(document);
  if (Buffer.byteLength(document) > POLICY_BYTES) throw validationError('Policy is larger than 20 KB');
  const current = latest(table);
  if (current?.document === document) return { RevisionId: current.revision };
  return { RevisionId: changePolicy(database, table, { document, actor: name }, input.ExpectedRevisionId) };
}

export function deletePolicy(
  database: Database,
  input: DeleteResourcePolicyCommandInput,
  { name }: Caller,
): Answer<DeleteResourcePolicyCommandOutput> {
  const table = database.table(input.ResourceArn);
  if (latest(table)?.document === undefined) return {};
  return {
    RevisionId: changePolicy(database, table, { document: undefined, actor: name }, input.ExpectedRevisionId),
  };
}

/** What reads see is late, too. */
export function getPolicy(
  database: Database,
  input: GetResourcePolicyCommandInput,
): Answer<GetResourcePolicyCommandOutput> {
  const seen = inForce(database, database.table(input.ResourceArn));
  if (seen?.document === undefined) throw policyNotFound();
  return { Policy: seen.document, RevisionId: seen.revision };
}

/** @throws AccessDeniedException where a policy of the table, as far as this request meets it, denies the action. */
export function assertAllowed(database: Database, table: Table, action: string, { role }: Caller): void {
  if (table.policies.length === 0) return;
  const document = inForce(database, table)?.document;
  if (document && denies(document, role, `dynamodb:${action}`))
    throw accessDenied(
      `User: ${role} is not authorized to perform: dynamodb:${action} on resource: ${table.arn} with an explicit deny in a resource-based policy`,
    );
}

function checkSyntax(document: string): void {
  try {
    if (typeof (JSON.parse(document) as { Statement?: unknown }).Statement === 'object') return;
  } catch {
    // Said below.
  }
  throw validationError('Invalid policy document');
}

function changePolicy(
  database: Database,
  table: Table,
  change: Pick<PolicyChange, 'document' | 'actor'>,
  expected: string | undefined,
): string {
  const current = latest(table);
  const found = current?.document === undefined ? 'NO_POLICY' : current.revision;
  if (expected !== undefined && expected !== found) throw policyNotFound();
  if (current && database.now < current.madeAt + FURTHER_CHANGE_MILLISECONDS)
    throw inUse(`The policy of ${table.name} was changed within the last 15 seconds`);
  const revision = String(table.policies.length + 1);
  for (const listener of database.policyListeners) listener(table.name, change, current?.document);
  table.policies.push({
    ...change,
    revision,
    madeAt: database.now,
    settledAt: database.now + database.random.int(0, database.limits.policyMilliseconds),
  });
  return revision;
}

function latest({ policies }: Table): PolicyChange | undefined {
  return policies.at(-1);
}

/** The policy that one request meets: while a change settles, the new one or the one before. */
function inForce(database: Database, { policies }: Table): PolicyChange | undefined {
  const current = policies.at(-1);
  if (!current || database.now >= current.settledAt) return current;
  if (database.random.chance(0.5)) return current;
  database.dice.count('oldPolicyInForce');
  return policies.at(-2);
}

function policyNotFound(): PolicyNotFoundException {
  return new PolicyNotFoundException({
    message: 'Resource-based policy not found',
    $metadata: { httpStatusCode: 400 },
  });
}
