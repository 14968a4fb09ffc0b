import type { _Record, StreamViewType } from '@aws-sdk/client-dynamodb-streams';
import type { Item } from '../../../shared/model.ts';
import type { Write } from './table.ts';
import { itemBytes } from './values.ts';

const REGION = 'us-east-1';

export interface RecordProps {
  readonly write: Write;
  readonly eventId: string;
  readonly sequence: string;
  /** Of the creation time no more is told. */
  readonly createdSecond: number;
  readonly viewType: StreamViewType;
}

/** A change as the stream's readers see it. */
export function streamRecord({ write, eventId, sequence, createdSecond, viewType }: RecordProps): _Record {
  const { key, before, after, byTimeToLive } = write;
  const images = {
    ...(viewType.includes('OLD') && before ? { OldImage: before } : {}),
    ...(viewType.includes('NEW') && after ? { NewImage: after } : {}),
  };
  return {
    eventID: eventId,
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: REGION,
    dynamodb: {
      ApproximateCreationDateTime: new Date(createdSecond * 1000),
      Keys: key,
      ...images,
      SequenceNumber: sequence,
      SizeBytes: Object.values(images).reduce((sum, image: Item) => sum + itemBytes(image), itemBytes(key)),
      StreamViewType: viewType,
    },
    ...(byTimeToLive ? { userIdentity: { PrincipalId: 'dynamodb.amazonaws.com', Type: 'Service' } } : {}),
  };
}
