import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { _Record } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord, AttributeValue as LambdaValue } from 'aws-lambda';
import type { Item } from '../../../shared/model.ts';
import { typeOf } from './values.ts';

type LambdaImage = Record<string, LambdaValue>;

/** A stream record as Lambda hands it to a function: JSON, with binary as base64 and the creation time in seconds. */
export function lambdaRecord(record: _Record, eventSourceARN: string): DynamoDBRecord {
  const { dynamodb = {}, userIdentity } = record;
  return {
    eventID: record.eventID as string,
    eventName: record.eventName as 'INSERT' | 'MODIFY' | 'REMOVE',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: record.awsRegion as string,
    dynamodb: {
      ApproximateCreationDateTime: (dynamodb.ApproximateCreationDateTime as Date).getTime() / 1000,
      Keys: image(dynamodb.Keys as Item),
      ...(dynamodb.OldImage ? { OldImage: image(dynamodb.OldImage as Item) } : {}),
      ...(dynamodb.NewImage ? { NewImage: image(dynamodb.NewImage as Item) } : {}),
      SequenceNumber: dynamodb.SequenceNumber as string,
      SizeBytes: dynamodb.SizeBytes as number,
      StreamViewType: dynamodb.StreamViewType as 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN,
    ...(userIdentity
      ? { userIdentity: { principalId: userIdentity.PrincipalId, type: userIdentity.Type } }
      : {}),
  };
}

function image(item: Item): LambdaImage {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, lambdaValue(value)]));
}

function lambdaValue(value: AttributeValue): LambdaValue {
  const type = typeOf(value);
  if (type === 'M') return { M: image(value.M as Item) };
  if (type === 'L') return { L: (value.L as AttributeValue[]).map(lambdaValue) };
  if (type === 'B') return { B: base64(value.B as Uint8Array) };
  if (type === 'BS') return { BS: (value.BS as Uint8Array[]).map(base64) };
  return { ...value } as LambdaValue;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
