import {
  DescribeTableCommand,
  ListTagsOfResourceCommand,
  type Tag,
  TagResourceCommand,
} from '@aws-sdk/client-dynamodb';
import { dynamodb } from './aws.ts';

export async function tag(table: string, Tags: Tag[]): Promise<void> {
  await dynamodb.send(new TagResourceCommand({ ResourceArn: await arnOf(table), Tags }));
}

export async function tagsOf(table: string): Promise<Tag[]> {
  const { Tags = [] } = await dynamodb.send(
    new ListTagsOfResourceCommand({ ResourceArn: await arnOf(table) }),
  );
  return Tags;
}

async function arnOf(table: string): Promise<string | undefined> {
  return (await dynamodb.send(new DescribeTableCommand({ TableName: table }))).Table?.TableArn;
}
