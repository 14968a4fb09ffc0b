import {
  DescribeTableCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-dynamodb';
import { isNamed } from '../../shared/errors.ts';
import { dynamodb } from './aws.ts';

/** The role of the application, as a spec names it. */
export const ROUTER_ROLE = 'arn:aws:iam::123456789012:role/shop';

export const OTHERS_STATEMENT = {
  Sid: 'Readers',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::210987654321:role/reader' },
  Action: 'dynamodb:GetItem',
  Resource: '*',
};
/** As somebody spaces it by hand. */
export const OTHERS_POLICY = JSON.stringify(
  { Version: '2012-10-17', Statement: OTHERS_STATEMENT },
  undefined,
  3,
);

export async function putPolicy(table: string, Policy: string): Promise<void> {
  await dynamodb.send(new PutResourcePolicyCommand({ ResourceArn: await arnOf(table), Policy }));
}

/** The policy of a table, to the letter; undefined where there is none. */
export async function policyTextOf(table: string): Promise<string | undefined> {
  try {
    const ResourceArn = await arnOf(table);
    return (await dynamodb.send(new GetResourcePolicyCommand({ ResourceArn }))).Policy;
  } catch (error) {
    if (isNamed(error, 'PolicyNotFoundException')) return undefined;
    throw error;
  }
}

export async function policyOf(table: string): Promise<{ readonly Statement: unknown } | undefined> {
  const text = await policyTextOf(table);
  return text === undefined ? undefined : JSON.parse(text);
}

async function arnOf(TableName: string): Promise<string> {
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
  return Table?.TableArn ?? '';
}
