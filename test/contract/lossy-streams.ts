import {
  DescribeStreamCommand,
  ExpiredIteratorException,
  GetRecordsCommand,
  type Shard,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBStreams } from '../../shared/clients.ts';

/** Prime, so that none of several shards that are read in turn is always the one to fail. */
const EXPIRY_CYCLE = 13;

type Send = (command: object) => Promise<object>;

/** Nearly half of the readings meet an iterator that has expired: it lives 15 minutes. */
export function expiringIterators(streams: DynamoDBStreams): DynamoDBStreams {
  let readings = 0;
  return around(streams, (send, command) => {
    if (command instanceof GetRecordsCommand && ++readings % EXPIRY_CYCLE < EXPIRY_CYCLE / 2)
      return Promise.reject(new ExpiredIteratorException({ message: 'Iterator expired', $metadata: {} }));
    return send(command);
  });
}

/** Every reading is told that its position is gone: a stream keeps 24 hours. */
export function trimmedRecords(streams: DynamoDBStreams): DynamoDBStreams {
  return around(streams, (send, command) =>
    command instanceof GetRecordsCommand
      ? Promise.reject(new TrimmedDataAccessException({ message: 'Trimmed', $metadata: {} }))
      : send(command),
  );
}

/** Shards are listed children first: their order is not documented. */
export function childrenFirst(streams: DynamoDBStreams): DynamoDBStreams {
  return around(streams, async (send, command) => {
    if (!(command instanceof DescribeStreamCommand)) return send(command);
    const shards: Shard[] = [];
    let ExclusiveStartShardId: string | undefined;
    do {
      const { StreamDescription } = await streams.send(
        new DescribeStreamCommand({ ...command.input, ExclusiveStartShardId }),
      );
      shards.push(...(StreamDescription?.Shards ?? []));
      ExclusiveStartShardId = StreamDescription?.LastEvaluatedShardId;
    } while (ExclusiveStartShardId);
    return { StreamDescription: { Shards: shards.reverse() } };
  });
}

function around(
  streams: DynamoDBStreams,
  answer: (send: Send, command: object) => Promise<object>,
): DynamoDBStreams {
  const send = streams.send.bind(streams) as unknown as Send;
  return { send: ((command: object) => answer(send, command)) as unknown as DynamoDBStreams['send'] };
}
