import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  type _Record,
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBStreams } from '../clients.ts';
import { ChangesGoneError, isNamed } from '../errors.ts';
import type { Change, Item } from '../model.ts';
import { cellOf } from './dynamodb-cell.ts';
import type { Feed, Shard, ShardReader } from './feed.ts';

/**
 * The stream of a table, read shard by shard, apart from the event source mapping.
 * @param reserved name of the reserved attribute.
 */
export function dynamoDBFeed(client: DynamoDBStreams, streamArn: string, reserved: string): Feed {
  return {
    async shards() {
      const shards: Shard[] = [];
      let start: string | undefined;
      do {
        const StreamDescription = await describe(client, streamArn, start);
        if (StreamDescription?.StreamStatus?.startsWith('DISABL')) throw captureEnded(streamArn);
        for (const { ShardId, ParentShardId } of StreamDescription?.Shards ?? [])
          if (ShardId) shards.push({ id: ShardId, ...(ParentShardId ? { parent: ParentShardId } : {}) });
        start = StreamDescription?.LastEvaluatedShardId;
      } while (start);
      return parentsFirst(shards);
    },
    reader: (shard, after) => shardReader(client, { streamArn, reserved, shard, after }),
  };
}

async function describe(client: DynamoDBStreams, StreamArn: string, start: string | undefined) {
  try {
    const { StreamDescription } = await client.send(
      new DescribeStreamCommand({ StreamArn, ...(start ? { ExclusiveStartShardId: start } : {}) }),
    );
    return StreamDescription;
  } catch (error) {
    // A day after it was disabled a stream is gone.
    throw isNamed(error, 'ResourceNotFoundException') ? captureEnded(StreamArn, error) : error;
  }
}

function captureEnded(streamArn: string, cause?: unknown): ChangesGoneError {
  return new ChangesGoneError(
    `the stream ${streamArn} was disabled or replaced by somebody: changes are not captured any more. Start the migration under a new name, so that both sides are compared in full`,
    { cause },
  );
}

interface ShardReaderProps {
  readonly streamArn: string;
  readonly reserved: string;
  readonly shard: Shard;
  readonly after: string | undefined;
}

function shardReader(
  client: DynamoDBStreams,
  { streamArn, reserved, shard: { id }, after }: ShardReaderProps,
): ShardReader {
  let position = after;
  let iterator: string | undefined;
  let ended = false;

  const open = async () => {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamArn: streamArn,
        ShardId: id,
        ...(position === undefined
          ? { ShardIteratorType: 'TRIM_HORIZON' }
          : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: position }),
      }),
    );
    return ShardIterator;
  };

  return {
    async next() {
      if (ended) return { changes: [], ended };
      try {
        iterator ??= await open();
        const { Records = [], NextShardIterator } = await client.send(
          new GetRecordsCommand({ ShardIterator: iterator }),
        );
        iterator = NextShardIterator;
        ended = !NextShardIterator;
        const changes = Records.map((record) => changeOf(record, reserved));
        position = changes.at(-1)?.sequence ?? position;
        return { changes, ended };
      } catch (error) {
        if (isNamed(error, 'ExpiredIteratorException')) {
          iterator = undefined;
          return { changes: [], ended: false };
        }
        if (isNamed(error, 'TrimmedDataAccessException', 'ResourceNotFoundException'))
          throw new ChangesGoneError(
            `changes of shard ${id} after ${position ?? 'its start'} are gone: the stream keeps 24 hours. Start the migration under a new name, so that both sides are compared in full`,
            { cause: error },
          );
        throw error;
      }
    },
  };
}

function changeOf(record: _Record, reserved: string): Change {
  const {
    Keys = {},
    OldImage,
    NewImage,
    SequenceNumber = '',
    ApproximateCreationDateTime,
  } = record.dynamodb ?? {};
  return {
    key: Keys as Item,
    ...images(OldImage as Item | undefined, NewImage as Item | undefined, reserved),
    sequence: SequenceNumber,
    createdSecond: Math.floor((ApproximateCreationDateTime?.getTime() ?? 0) / 1000),
    byTimeToLive: removedByTimeToLive(record.userIdentity),
  };
}

interface EventRecord {
  readonly dynamodb?:
    | {
        readonly Keys?: object | undefined;
        readonly OldImage?: object | undefined;
        readonly NewImage?: object | undefined;
        readonly SequenceNumber?: string | undefined;
        readonly ApproximateCreationDateTime?: number | undefined;
      }
    | undefined;
  readonly userIdentity?: unknown;
}

/**
 * A record as an event source mapping delivers it: JSON, so that binary values are base64 text and times seconds.
 * @param reserved name of the reserved attribute.
 */
export function changeOfEvent({ dynamodb = {}, userIdentity }: EventRecord, reserved: string): Change {
  const { Keys, OldImage, NewImage, SequenceNumber, ApproximateCreationDateTime } = dynamodb;
  return {
    key: itemOfEvent(Keys ?? {}),
    ...images(OldImage && itemOfEvent(OldImage), NewImage && itemOfEvent(NewImage), reserved),
    sequence: SequenceNumber ?? '',
    createdSecond: Math.floor(ApproximateCreationDateTime ?? 0),
    byTimeToLive: removedByTimeToLive(userIdentity),
  };
}

/** Both images as contents and versions: a tombstone is nothing to an application. */
function images(oldImage: Item | undefined, newImage: Item | undefined, reserved: string): Partial<Change> {
  const [before, after] = [cellOf(oldImage, reserved), cellOf(newImage, reserved)];
  return {
    ...(before.kind === 'item' ? { before: before.item } : {}),
    ...(after.kind === 'item' ? { after: after.item } : {}),
    ...(before.kind !== 'absent' && before.version ? { versionBefore: before.version } : {}),
    ...(after.kind !== 'absent' && after.version ? { versionAfter: after.version } : {}),
  };
}

/** The API spells it `Type` and `PrincipalId`, the event `type` and `principalId`. */
function removedByTimeToLive(userIdentity: unknown): boolean {
  const text = JSON.stringify(userIdentity ?? {}).toLowerCase();
  return text.includes('"type":"service"') && text.includes('"principalid":"dynamodb.amazonaws.com"');
}

function itemOfEvent(image: object): Item {
  return Object.fromEntries(Object.entries(image).map(([name, value]) => [name, valueOfEvent(value)]));
}

function valueOfEvent(value: Record<string, unknown>): AttributeValue {
  if (typeof value.B === 'string') return { B: Buffer.from(value.B, 'base64') };
  if (Array.isArray(value.BS)) return { BS: value.BS.map((bytes: string) => Buffer.from(bytes, 'base64')) };
  if (value.M) return { M: itemOfEvent(value.M) };
  if (Array.isArray(value.L)) return { L: value.L.map(valueOfEvent) };
  return value as unknown as AttributeValue;
}

function parentsFirst(shards: readonly Shard[]): Shard[] {
  const byId = new Map(shards.map((shard) => [shard.id, shard]));
  const ordered = new Set<Shard>();
  const visit = (shard: Shard) => {
    if (ordered.has(shard)) return;
    const parent = shard.parent === undefined ? undefined : byId.get(shard.parent);
    if (parent) visit(parent);
    ordered.add(shard);
  };
  shards.forEach(visit);
  return [...ordered];
}
