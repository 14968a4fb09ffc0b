import {
  type _Record,
  type DescribeStreamCommandInput,
  type DescribeStreamCommandOutput,
  type GetRecordsCommandInput,
  type GetRecordsCommandOutput,
  type GetShardIteratorCommandInput,
  type GetShardIteratorCommandOutput,
  LimitExceededException,
  type ListStreamsCommandInput,
  type ListStreamsCommandOutput,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import type { Database } from './database.ts';
import { notFound, validationError } from './errors.ts';
import { iterator, parsedIterator } from './iterators.ts';
import type { Answer } from './service.ts';
import type { Shard, ShardRecord } from './shard.ts';
import type { Stream } from './stream.ts';

const MOST_RECORDS = 1_000;
const MOST_RECORD_BYTES = 1_048_576;

export function listStreams(
  database: Database,
  input: ListStreamsCommandInput,
): Answer<ListStreamsCommandOutput> {
  const streams = [...database.streams.values()].filter(
    ({ tableName }) => input.TableName === undefined || input.TableName === tableName,
  );
  return {
    Streams: streams.map(({ arn, tableName, label }) => ({
      StreamArn: arn,
      TableName: tableName,
      StreamLabel: label,
    })),
  };
}

export function describeStream(
  database: Database,
  input: DescribeStreamCommandInput,
): Answer<DescribeStreamCommandOutput> {
  countDescription(database, input);
  const stream = database.stream(input.StreamArn);
  const table = database.table(stream.tableName);
  const filter = input.ShardFilter;
  const listed = stream
    .listed()
    .filter(({ parent }) => filter?.Type !== 'CHILD_SHARDS' || parent === filter.ShardId)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const after = input.ExclusiveStartShardId;
  const rest = after === undefined ? listed : listed.filter(({ id }) => id > after);
  const page = rest.slice(0, Math.min(input.Limit ?? 100, database.limits.pageShards));
  return {
    StreamDescription: {
      StreamArn: stream.arn,
      StreamLabel: stream.label,
      StreamStatus: stream.status,
      StreamViewType: stream.viewType,
      TableName: stream.tableName,
      KeySchema: table.keyNames.map((name, index) => ({
        AttributeName: name,
        KeyType: index === 0 ? 'HASH' : 'RANGE',
      })),
      Shards: page.map(({ id, parent, startingSequence, closedAt, last }) => ({
        ShardId: id,
        ...(parent === undefined ? {} : { ParentShardId: parent }),
        SequenceNumberRange: {
          StartingSequenceNumber: startingSequence,
          ...(closedAt === undefined ? {} : { EndingSequenceNumber: String(last) }),
        },
      })),
      ...(page.length < rest.length ? { LastEvaluatedShardId: (page.at(-1) as Shard).id } : {}),
    },
  };
}

/** Pages are small here: the further ones of a listing do not count, so that a listing costs what it does on AWS. */
function countDescription(database: Database, { ExclusiveStartShardId }: DescribeStreamCommandInput): void {
  if (ExclusiveStartShardId !== undefined) return;
  const { descriptions, limits, now } = database;
  while (descriptions.length > 0 && (descriptions[0] as number) <= now - 1_000) descriptions.shift();
  if (descriptions.length >= limits.descriptionsPerSecond) {
    database.dice.count('tooManyDescriptions');
    throw new LimitExceededException({
      message: 'DescribeStream is called too often',
      $metadata: { httpStatusCode: 400 },
    });
  }
  descriptions.push(now);
}

export function getShardIterator(
  database: Database,
  input: GetShardIteratorCommandInput,
): Answer<GetShardIteratorCommandOutput> {
  const stream = database.stream(input.StreamArn);
  stream.expire();
  const shard = shardOf(stream, input.ShardId);
  return { ShardIterator: iterator(database, stream, shard, startOf(shard, input)) };
}

function startOf(shard: Shard, { ShardIteratorType, SequenceNumber }: GetShardIteratorCommandInput): number {
  switch (ShardIteratorType) {
    case 'TRIM_HORIZON':
      return shard.trimmed;
    case 'LATEST':
      return shard.end;
    case 'AT_SEQUENCE_NUMBER':
    case 'AFTER_SEQUENCE_NUMBER': {
      if (SequenceNumber === undefined) throw validationError('SequenceNumber is missing');
      if (SequenceNumber === shard.startingSequence && shard.trimmed === 0) return 0;
      const position = shard.positionOf(SequenceNumber);
      if (position === undefined) {
        if (shard.trimmed > 0) throw trimmed();
        throw validationError('Invalid SequenceNumber: it is not of this shard');
      }
      return ShardIteratorType === 'AT_SEQUENCE_NUMBER' ? position : position + 1;
    }
    default:
      throw validationError(`Invalid ShardIteratorType: ${ShardIteratorType}`);
  }
}

export function getRecords(
  database: Database,
  input: GetRecordsCommandInput,
): Answer<GetRecordsCommandOutput> {
  const from = parsedIterator(database, input.ShardIterator);
  const stream = database.stream(from.arn);
  stream.expire();
  const shard = shardOf(stream, from.shard);
  if (from.position < shard.trimmed) throw trimmed();
  const records = visible(database, shard, from.position, input.Limit);
  if (records.length > 0 && from.empty < database.limits.emptyPages && database.dice.strikes('emptyRecords'))
    return {
      Records: [],
      NextShardIterator: iterator(database, stream, shard, from.position, from.empty + 1),
    };
  const position = from.position + records.length;
  const over = shard.closedAt !== undefined && position >= shard.end;
  return {
    Records: records.map(({ record }) => fresh(record)),
    ...(over ? {} : { NextShardIterator: iterator(database, stream, shard, position) }),
  };
}

function visible(database: Database, shard: Shard, position: number, limit = MOST_RECORDS): ShardRecord[] {
  if (limit < 1 || limit > MOST_RECORDS) throw validationError(`Limit must be 1 to ${MOST_RECORDS}`);
  const most = Math.min(limit, database.random.int(1, database.limits.pageRecords));
  const records: ShardRecord[] = [];
  let bytes = 0;
  for (
    let next = shard.at(position);
    next && records.length < most;
    next = shard.at(position + records.length)
  ) {
    bytes += next.record.dynamodb?.SizeBytes ?? 0;
    if (next.visibleAt > database.now || (bytes > MOST_RECORD_BYTES && records.length > 0)) break;
    records.push(next);
  }
  return records;
}

/** A record of its own for each reader, as the SDK would have made it from bytes. */
function fresh(record: _Record): _Record {
  const { OldImage, NewImage } = record.dynamodb ?? {};
  return {
    ...record,
    dynamodb: {
      ...record.dynamodb,
      ...(OldImage ? { OldImage: { ...OldImage } } : {}),
      ...(NewImage ? { NewImage: { ...NewImage } } : {}),
    },
  };
}

function shardOf(stream: Stream, id: string | undefined): Shard {
  const shard = stream.listed().find((listed) => listed.id === id);
  if (!shard) throw notFound(`Requested resource not found: Shard: ${id} in stream ${stream.arn} not found`);
  return shard;
}

function trimmed(): TrimmedDataAccessException {
  return new TrimmedDataAccessException({
    message: 'The operation attempted to read past the oldest stream record in a shard',
    $metadata: { httpStatusCode: 400 },
  });
}
