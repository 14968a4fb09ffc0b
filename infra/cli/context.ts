import { userInfo } from 'node:os';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { type DynamoDB, dynamoDBClient } from '../../shared/clients.ts';
import { type Runtime, systemRuntime } from '../../shared/runtime.ts';
import { systemTerminal, type Terminal } from './terminal.ts';

export interface AwsClients {
  readonly cloudFormation: Pick<CloudFormationClient, 'send'>;
  readonly dynamodb: DynamoDB;
  readonly s3: Pick<S3Client, 'send'>;
  readonly stepFunctions: Pick<SFNClient, 'send'>;
}

/** What every command is given besides its arguments. */
export interface Context {
  readonly terminal: Terminal;
  readonly runtime: Runtime;
  /** Who gives the command. */
  readonly user: () => string;
  /** Clients for a Region; without one, for the Region of the environment or the profile. */
  readonly clients: (region: string | undefined) => AwsClients;
}

export const systemContext: Context = {
  terminal: systemTerminal,
  runtime: systemRuntime,
  user: () => process.env.USER ?? process.env.LOGNAME ?? process.env.USERNAME ?? userInfo().username,
  clients(region) {
    const config = region === undefined ? {} : { region };
    return {
      cloudFormation: new CloudFormationClient(config),
      dynamodb: dynamoDBClient(config),
      s3: new S3Client(config),
      stepFunctions: new SFNClient(config),
    };
  },
};
