import {
  type CloudFormationClient,
  CreateStackCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { ACCOUNT, REGION } from '../../infra/local/embedded-aws.ts';

const NAME = 'looks';

/** A user's function, which the deployed test stack may call as a smoke test. */
export const LOOKS = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${NAME}`;

/** What it says instead of yes in the second attempt of a cutover. */
export const REFUSAL = 'order 7 is missing';

const CODE = `exports.handler = async (event) =>
  event.attempt === 2 ? { ok: false, message: '${REFUSAL}' } : { ok: true, saw: event };`;

const TEMPLATE = {
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
      },
    },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: NAME,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Code: { ZipFile: CODE },
      },
    },
  },
};

/** Deploys it, as its owner does, in a stack of its own. */
export async function deployLooks(client: CloudFormationClient): Promise<void> {
  await client.send(
    new CreateStackCommand({
      StackName: 'Looks',
      TemplateBody: JSON.stringify(TEMPLATE),
      Capabilities: ['CAPABILITY_IAM'],
    }),
  );
  await waitUntilStackCreateComplete({ client, maxWaitTime: 60, minDelay: 1 }, { StackName: 'Looks' });
}
