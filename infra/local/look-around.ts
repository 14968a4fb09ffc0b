import type { StackOutputs } from './deploy.ts';
import { type EmbeddedAws, REGION } from './embedded-aws.ts';

/** How to look at what was left running. */
export function lookAround(props: {
  readonly aws: EmbeddedAws;
  readonly outputs: StackOutputs;
  readonly target: string;
  /** Where objects were moved to. */
  readonly objects?: { readonly bucket: string; readonly prefix: string };
}): string[] {
  const { aws, outputs, target, objects } = props;
  const environment = Object.entries(aws.environment).map(([name, value]) => `${name}=${value}`);
  return [
    '',
    `Everything goes on running until Ctrl-C, at ${aws.endpoint} (Region ${REGION}). To look around:`,
    `   export ${environment.join(' ')}`,
    `   aws dynamodb scan --table-name ${target} --max-items 3`,
    ...(objects ? [`   aws s3 ls s3://${objects.bucket}/${objects.prefix}`] : []),
    `   aws dynamodb scan --table-name ${outputs.RouteTable}`,
    `   aws dynamodb scan --table-name ${outputs.JournalTable} --max-items 20`,
    `   aws stepfunctions list-executions --state-machine-arn ${outputs.StateMachineArn}`,
    `   aws s3 ls --recursive s3://${outputs.ReportBucket}`,
    `   curl ${aws.endpoint}/_ministack/health`,
    'Without the AWS CLI:',
    `   .segue/venv/bin/python -c "import boto3; print(boto3.client('dynamodb').scan(TableName='${target}', Limit=3))"`,
  ];
}
