import {
  DeleteResourcePolicyCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDB } from './clients.ts';
import { isNamed } from './errors.ts';

/** The revision of a table that has no policy. */
export const NO_POLICY = 'NO_POLICY';

/** A table's policy as it was read. */
export interface SeenPolicy {
  /** Undefined where there is none. */
  readonly document: string | undefined;
  readonly revision: string;
}

/**
 * What became of a change: `changed`: the policy is not at the expected revision, or a read has shown an old one;
 * `busy`: it was changed moments ago (further changes are refused for 15 seconds).
 */
export type PolicyChange =
  | { readonly kind: 'done'; readonly revision: string }
  | { readonly kind: 'changed' | 'busy' };

/** The resource policies of tables. Reads may show what was there moments ago, and a change takes its time. */
export class ResourcePolicies {
  readonly #client: DynamoDB;

  constructor(client: DynamoDB) {
    this.#client = client;
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

  /**
   * Puts a policy, or removes it, if it is at a revision.
   * @param document undefined removes it.
   */
  write(tableArn: string, document: string | undefined, expected: string): Promise<PolicyChange> {
    const input = { ResourceArn: tableArn, ExpectedRevisionId: expected };
    return outcome(
      document === undefined
        ? this.#client.send(new DeleteResourcePolicyCommand(input))
        : this.#client.send(new PutResourcePolicyCommand({ ...input, Policy: document })),
      document === undefined,
    );
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
