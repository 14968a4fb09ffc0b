import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { clientConfig, iam } from './aws.ts';

const ALL_OF_S3 = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' },
};

/** A client of somebody who may do everything with objects, and whom nobody has told of a migration. */
export async function strangerOfS3(UserName: string): Promise<S3Client> {
  await iam.send(new CreateUserCommand({ UserName }));
  const PolicyDocument = JSON.stringify(ALL_OF_S3);
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'all', PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
  return new S3Client({
    ...clientConfig,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
}
