import { PolicyStatement, type PolicyStatementProps } from 'aws-cdk-lib/aws-iam';

/** A statement, or none where there is no resource of the kind. */
export function allow(
  service: string,
  resources: readonly string[],
  actions: readonly string[],
  conditions?: PolicyStatementProps['conditions'],
): PolicyStatement | undefined {
  if (resources.length === 0) return undefined;
  return new PolicyStatement({
    actions: actions.map((action) => `${service}:${action}`),
    resources: [...resources],
    ...(conditions && { conditions }),
  });
}
