import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import { Migrator } from './migrator.ts';

/** The migrator as a stack of its own, deployed with a config file. */
export class MigrationStack extends Stack {
  constructor(scope: Construct, config: Config) {
    super(scope, config.stackName, {
      description:
        'Segue: moves live DynamoDB tables and S3 buckets without stopping the application that uses them.',
      tags: config.tags,
    });
    const key = (id: string, arn: string) => Key.fromKeyArn(this, id, arn);
    // "Default" adds nothing to the names of what is in it: the state machine is called what the stack is called.
    const migrator = new Migrator(this, 'Default', {
      sources: config.sources,
      targets: config.targets,
      sourceBuckets: config.sourceBuckets,
      targetBuckets: config.targetBuckets,
      smokeTests: config.smokeTests,
      encryptionKey: given(config.kmsKeyArn, (arn) => key('Key', arn)),
      tableEncryptionKeys: config.tableKmsKeyArns?.map((arn, index) => key(`TableKey${index}`, arn)),
      logRetention: config.logRetentionDays,
      alarmTopic: given(config.alarmTopicArn, (arn) => Topic.fromTopicArn(this, 'AlarmTopic', arn)),
      lagAlarm: given(config.lagAlarmSeconds, Duration.seconds),
      workerMemoryMegabytes: config.workers?.memoryMegabytes,
      workerTimeout: given(config.workers?.timeoutSeconds, Duration.seconds),
      workerReservedConcurrency: config.workers?.reservedConcurrency,
      applyReservedConcurrency: config.applyReservedConcurrency,
      hintConcurrency: config.hintConcurrency,
      hintReservedConcurrency: config.hintReservedConcurrency,
      resourcePolicies: config.resourcePolicies,
      objectAcls: config.objectAcls,
      objectLock: config.objectLock,
      objectVersions: config.objectVersions,
      inventoryBuckets: config.inventoryBuckets,
    });
    new CfnOutput(this, 'JournalTable', { value: migrator.journalTable.tableName });
    new CfnOutput(this, 'RouteTable', { value: migrator.routeTable.tableName });
    new CfnOutput(this, 'ReportBucket', { value: migrator.reportBucket.bucketName });
    new CfnOutput(this, 'StateMachineArn', { value: migrator.stateMachine.stateMachineArn });
    new CfnOutput(this, 'SteeringArn', { value: migrator.steeringMachine.stateMachineArn });
  }
}

function given<T, R>(value: T | undefined, make: (value: T) => R): R | undefined {
  return value === undefined ? undefined : make(value);
}
