import {
  DeleteResourcePolicyCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDB } from '../../clients.ts';
import { isNamed } from '../../errors.ts';
import { type DenyStatement, denyStatement } from '../../policy-document.ts';
import {
  NO_POLICY,
  type Place,
  type PolicyChange,
  type ResourcePolicies,
  type SeenPolicy,
} from '../resource-kind.ts';

/** Longest policy (DynamoDB Developer Guide, "Resource-based policy considerations"). */
const MOST_POLICY_BYTES = 20_480;

/**
 * Everything that changes items. A transaction needs the permissions of its actions, but batches and statements of
 * PartiQL have some of their own (Service Authorization Reference, "DynamoDB").
 */
const WRITES = [
  'BatchWriteItem',
  'DeleteItem',
  'PartiQLDelete',
  'PartiQLInsert',
  'PartiQLUpdate',
  'PutItem',
  'UpdateItem',
].map((action) => `dynamodb:${action}`);

/** The resource policies of tables. A change takes its time, and further changes are refused for 15 seconds. */
export class TablePolicies implements ResourcePolicies {
  readonly conditional = true;
  readonly mostBytes = MOST_POLICY_BYTES;
  readonly refusals = ['AccessDeniedException', 'ValidationException', 'LimitExceededException'];
  readonly #client: DynamoDB;

  constructor(client: DynamoDB) {
    this.#client = client;
  }

  arnOf(table: string, { partition, region, account }: Place): string {
    return `arn:${partition}:dynamodb:${region}:${account}:table/${table}`;
  }

  scopeOf(table: string, place: Place): string {
    return this.arnOf(table, place);
  }

  async read(tableArn: string): Promise<SeenPolicy> {
    try {
      const { Policy, RevisionId = NO_POLICY } = await this.#client.send(
        new GetResourcePolicyCommand({ ResourceArn: tableArn }),
      );
      return { document: Policy, revision: Policy === undefined ? NO_POLICY : RevisionId };
    } catch (error) {
      // A table that is gone has none either.
      if (isNamed(error, 'PolicyNotFoundException', 'ResourceNotFoundException'))
        return { document: undefined, revision: NO_POLICY };
      throw error;
    }
  }

  write(tableArn: string, document: string | undefined, expected: string): Promise<PolicyChange> {
    const input = { ResourceArn: tableArn, ExpectedRevisionId: expected };
    return outcome(
      document === undefined
        ? this.#client.send(new DeleteResourcePolicyCommand(input))
        : this.#client.send(new PutResourcePolicyCommand({ ...input, Policy: document })),
      document === undefined,
    );
  }

  denyOfWrites(sid: string, tableArns: readonly string[], exempt: readonly string[]): DenyStatement {
    return denyStatement({ sid, actions: WRITES, resources: tableArns, exempt });
  }
}

async function outcome(
  sent: Promise<{ readonly RevisionId?: string | undefined }>,
  removes: boolean,
): Promise<PolicyChange> {
  try {
    const { RevisionId = NO_POLICY } = await sent;
    return { kind: 'done', revision: removes ? NO_POLICY : RevisionId };
  } catch (error) {
    if (isNamed(error, 'PolicyNotFoundException')) return { kind: 'changed' };
    if (isNamed(error, 'ResourceInUseException')) return { kind: 'busy' };
    throw error;
  }
}
