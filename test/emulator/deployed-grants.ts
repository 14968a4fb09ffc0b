import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
  paginateListRoles,
} from '@aws-sdk/client-iam';
import { iam } from './aws.ts';
import { SOURCE_BUCKETS, TARGET_BUCKETS } from './buckets.ts';
import { SOURCES, TARGETS } from './tables.ts';

/** One action that a role may do on resources of one kind. */
export interface Grant {
  readonly role: string;
  readonly action: string;
  /** Its resources, with the names of tables and buckets left out: those of one kind are granted for one purpose. */
  readonly kind: string;
  readonly resources: readonly string[];
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** Everything that the roles of a stack are allowed, as it is deployed. */
export async function deployedGrants(stack: string): Promise<Grant[]> {
  const grants: Grant[] = [];
  for await (const { Roles = [] } of paginateListRoles({ client: iam }, {}))
    for (const { RoleName: role = '' } of Roles.filter(({ RoleName }) => RoleName?.startsWith(`${stack}-`)))
      for await (const { Effect, Action, Resource } of statementsOf(role)) {
        if (Effect !== 'Allow') throw new Error(`${role}: a statement that does not allow but ${Effect}`);
        for (const action of [Action].flat())
          for (const [kind, resources] of Map.groupBy([Resource].flat(), kindOf))
            grants.push({ role, action, kind, resources });
      }
  return grants;
}

/** Whether a request was one that a pattern of a policy allows: `*` stands for any text, `?` for one character. */
export function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}

/** A resource without what tells it from others of its kind. */
function kindOf(resource: string): string {
  const [, table] = /:table\/([^/]+)/.exec(resource) ?? [];
  if (table && SOURCES.includes(table)) return resource.replace(table, '<source>');
  if (table && TARGETS.includes(table)) return resource.replace(table, '<target>');
  const [, bucket] = /^arn:aws:s3:::([^/]+)/.exec(resource) ?? [];
  if (bucket && SOURCE_BUCKETS.includes(bucket)) return resource.replace(bucket, '<source>');
  if (bucket && TARGET_BUCKETS.includes(bucket)) return resource.replace(bucket, '<target>');
  return resource;
}

/** The statements of a role's own policies and of the managed ones that the CDK splits large policies into. */
async function* statementsOf(RoleName: string): AsyncGenerator<Statement> {
  for await (const { PolicyNames = [] } of paginateListRolePolicies({ client: iam }, { RoleName }))
    for (const PolicyName of PolicyNames) {
      const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      yield* parse(PolicyDocument);
    }
  for await (const { AttachedPolicies = [] } of paginateListAttachedRolePolicies(
    { client: iam },
    { RoleName },
  ))
    for (const { PolicyArn } of AttachedPolicies) {
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
      const { PolicyVersion } = await iam.send(
        new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
      );
      yield* parse(PolicyVersion?.Document);
    }
}

function parse(document = ''): Statement[] {
  return [JSON.parse(decodeURIComponent(document)).Statement].flat();
}
