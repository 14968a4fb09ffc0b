import { setTimeout as delay } from 'node:timers/promises';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type _Record,
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { EmbeddedAws } from '../../infra/local/embedded-aws.ts';
import type { Random } from '../../infra/local/random.ts';
import { isNamed } from '../../shared/errors.ts';

const LEAST_PAUSE_MILLISECONDS = 2_000;
const MOST_PAUSE_MILLISECONDS = 8_000;
const MOST_RECORDS = 15;
/** Most batches that come again do so soon. */
const OLD_SHARE = 0.2;
const RECENT = 50;
const REMEMBERED = 5_000;

export interface RedeliveryProps {
  readonly clientConfig: EmbeddedAws['clientConfig'];
  readonly source: string;
  /** Name of the function that applies changes. */
  readonly applier: string;
  readonly random: Random;
}

/**
 * An event source mapping delivers at least once: a batch may come again, to another invocation, after later ones. The
 * embedded AWS never does that, so batches of records that it has delivered are delivered again from here.
 */
export class Redelivery {
  batches = 0;
  /** Those that the applier has thrown back: the direction was closed, say. */
  refused = 0;
  readonly #props: RedeliveryProps;
  readonly #dynamodb: DynamoDBClient;
  readonly #streams: DynamoDBStreamsClient;
  readonly #lambda: LambdaClient;
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;
  #stream: string | undefined;
  #iterator: string | undefined;
  #records: _Record[] = [];

  constructor(props: RedeliveryProps) {
    this.#props = props;
    this.#dynamodb = new DynamoDBClient(props.clientConfig);
    this.#streams = new DynamoDBStreamsClient(props.clientConfig);
    this.#lambda = new LambdaClient(props.clientConfig);
    this.#done = this.#goOn();
    this.#done.catch(() => undefined); // Thrown at the end.
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #goOn(): Promise<void> {
    const { random } = this.#props;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const pause =
        LEAST_PAUSE_MILLISECONDS + random.below(MOST_PAUSE_MILLISECONDS - LEAST_PAUSE_MILLISECONDS);
      await delay(pause, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      // What was read at the last turn has been delivered by now.
      if (this.#records.length > 0) await this.#deliverAgain();
      await this.#read();
    }
  }

  async #deliverAgain(): Promise<void> {
    const { applier, random } = this.#props;
    const known = random.next() < OLD_SHARE ? this.#records : this.#records.slice(-RECENT);
    const from = random.below(known.length);
    const records = known.slice(from, from + 1 + random.below(MOST_RECORDS));
    const event = { Records: records.map((record) => this.#eventRecord(record)) };
    this.batches++;
    try {
      const { FunctionError } = await this.#lambda.send(
        new InvokeCommand({ FunctionName: applier, Payload: JSON.stringify(event, base64) }),
      );
      if (FunctionError) this.refused++;
    } catch {
      this.refused++; // Throttled: as many invocations as are reserved run already.
    }
  }

  /** Goes on reading the source's stream, once it has one and as long as it has. */
  async #read(): Promise<void> {
    this.#iterator ??= await this.#firstIterator();
    if (!this.#iterator) return;
    try {
      const { Records = [], NextShardIterator } = await this.#streams.send(
        new GetRecordsCommand({ ShardIterator: this.#iterator }),
      );
      this.#iterator = NextShardIterator;
      this.#records = [...this.#records, ...Records].slice(-REMEMBERED);
    } catch (error) {
      // A migration that completes disables the stream.
      if (!isNamed(error, 'ResourceNotFoundException', 'TrimmedDataAccessException')) throw error;
      this.#iterator = undefined;
    }
  }

  async #firstIterator(): Promise<string | undefined> {
    const { Table } = await this.#dynamodb.send(new DescribeTableCommand({ TableName: this.#props.source }));
    if (!Table?.StreamSpecification?.StreamEnabled) return undefined;
    this.#stream = Table.LatestStreamArn;
    const { StreamDescription } = await this.#streams.send(
      new DescribeStreamCommand({ StreamArn: this.#stream }),
    );
    const shard = StreamDescription?.Shards?.[0]?.ShardId;
    if (!shard) return undefined;
    const { ShardIterator } = await this.#streams.send(
      new GetShardIteratorCommand({
        StreamArn: this.#stream,
        ShardId: shard,
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    );
    return ShardIterator;
  }

  /** A record as an event source mapping delivers it: with times in seconds. */
  #eventRecord({ dynamodb, ...record }: _Record): object {
    return {
      ...record,
      eventSourceARN: this.#stream,
      dynamodb: {
        ...dynamodb,
        ApproximateCreationDateTime: (dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000,
      },
    };
  }
}

function base64(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
