import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { inject } from 'vitest';

/** The embedded AWS with the deployed stack, as a user with every permission sees it. */
export const clientConfig = inject('clientConfig');
export const outputs = inject('outputs');

export const cloudformation = new CloudFormationClient(clientConfig);
export const cloudwatch = new CloudWatchClient(clientConfig);
export const dynamodb = new DynamoDBClient(clientConfig);
export const iam = new IAMClient(clientConfig);
export const lambda = new LambdaClient(clientConfig);
export const s3 = new S3Client({ ...clientConfig, forcePathStyle: true });
export const sfn = new SFNClient(clientConfig);
