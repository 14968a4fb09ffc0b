import { LambdaClient } from '@aws-sdk/client-lambda';
import { dynamoDBClient, s3Client } from '../shared/clients.ts';
import { completeMigration } from '../shared/engine/complete.ts';
import { BucketAccount } from '../shared/resources/buckets/bucket-account.ts';
import { BucketUploads } from '../shared/resources/buckets/bucket-uploads.ts';
import { TableAccount } from '../shared/resources/tables/table-account.ts';
import { openCaptures } from './captures.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openMigration } from './migration.ts';

const dynamodb = dynamoDBClient();
const s3 = s3Client();
const buckets = new BucketAccount(s3);
const props = {
  ...openCaptures(dynamodb, new TableAccount({ dynamodb, lambda: new LambdaClient() }), buckets),
  uploads: { bucket: new BucketUploads(buckets, s3) },
};

export const handler = taskHandler(async (event: MigrationEvent, context) =>
  completeMigration(await openMigration(event, context), props),
);
