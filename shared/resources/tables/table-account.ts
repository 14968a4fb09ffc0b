import {
  CreateBackupCommand,
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeBackupCommand,
  DescribeContinuousBackupsCommand,
  DescribeKinesisStreamingDestinationCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  ListTagsOfResourceCommand,
  type TableDescription,
  type Tag,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  type LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { isNamed } from '../../errors.ts';
import type { Expiry } from '../resource-kind.ts';

interface TableAccountClients {
  readonly dynamodb: DynamoDBClient;
  /** For those functions that map streams or look at mappings. */
  readonly lambda?: LambdaClient;
}

export interface Mapping {
  readonly id: string;
  readonly functionArn: string;
  readonly state: string;
}

/** How far point-in-time recovery reaches back where nothing else was set. */
const DEFAULT_RECOVERY_DAYS = 35;
/** States in which a Kinesis data stream is given a table's changes, or will be. */
const SENDING = ['ACTIVE', 'ENABLING', 'UPDATING'];

/** The records of one poll of the stream: large batches cost little lag, since the window is 0. */
const MAPPING_BATCH = 1_000;

/** The tables of an account as the migrator looks at them and changes them, with their backups and stream mappings. */
export class TableAccount {
  readonly #dynamodb: DynamoDBClient;
  readonly #mapper: LambdaClient | undefined;

  /** Each function is given the clients that it uses, no others. */
  constructor({ dynamodb, lambda }: TableAccountClients) {
    this.#dynamodb = dynamodb;
    this.#mapper = lambda;
  }

  /** @returns undefined if there is no such table. */
  async table(name: string): Promise<TableDescription | undefined> {
    return orUndefined(
      async () => (await this.#dynamodb.send(new DescribeTableCommand({ TableName: name }))).Table,
    );
  }

  /** While it is being disabled, which may take an hour, items still expire. */
  async timeToLive(table: string): Promise<Expiry> {
    const { TimeToLiveDescription } = await this.#dynamodb.send(
      new DescribeTimeToLiveCommand({ TableName: table }),
    );
    const { TimeToLiveStatus = 'DISABLED', AttributeName = '' } = TimeToLiveDescription ?? {};
    return { on: TimeToLiveStatus !== 'DISABLED', attribute: AttributeName };
  }

  /** @returns how many days point-in-time recovery reaches back; 0 where it is off. */
  async recoveryDays(table: string): Promise<number> {
    const { ContinuousBackupsDescription } = await this.#dynamodb.send(
      new DescribeContinuousBackupsCommand({ TableName: table }),
    );
    const { PointInTimeRecoveryStatus, RecoveryPeriodInDays = DEFAULT_RECOVERY_DAYS } =
      ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {};
    return PointInTimeRecoveryStatus === 'ENABLED' ? RecoveryPeriodInDays : 0;
  }

  /** @returns the Kinesis data streams that are given the table's changes. */
  async destinations(table: string): Promise<string[]> {
    const { KinesisDataStreamDestinations = [] } = await this.#dynamodb.send(
      new DescribeKinesisStreamingDestinationCommand({ TableName: table }),
    );
    return KinesisDataStreamDestinations.filter(({ DestinationStatus = '' }) =>
      SENDING.includes(DestinationStatus),
    ).map(({ StreamArn = '' }) => StreamArn);
  }

  async tags(tableArn: string): Promise<Tag[]> {
    const tags: Tag[] = [];
    let token: string | undefined;
    do {
      const answer = await this.#dynamodb.send(
        new ListTagsOfResourceCommand({ ResourceArn: tableArn, ...(token ? { NextToken: token } : {}) }),
      );
      tags.push(...(answer.Tags ?? []));
      token = answer.NextToken;
    } while (token);
    // AWS's own tags can't be set.
    return tags.filter(({ Key }) => !Key?.startsWith('aws:'));
  }

  /** Creates a table; one that exists or is being created already stays as it is. */
  async createTable(input: CreateTableCommandInput): Promise<void> {
    try {
      await this.#dynamodb.send(new CreateTableCommand(input));
    } catch (error) {
      if (!isNamed(error, 'ResourceInUseException')) throw error;
    }
  }

  async enableStream(table: string): Promise<void> {
    await this.#dynamodb.send(
      new UpdateTableCommand({
        TableName: table,
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    );
  }

  async disableStream(table: string): Promise<void> {
    await this.#dynamodb.send(
      new UpdateTableCommand({ TableName: table, StreamSpecification: { StreamEnabled: false } }),
    );
  }

  /** @returns the backup's ARN. */
  async createBackup(table: string, name: string): Promise<string> {
    const { BackupDetails } = await this.#dynamodb.send(
      new CreateBackupCommand({ TableName: table, BackupName: name }),
    );
    return BackupDetails?.BackupArn ?? '';
  }

  async backupStatus(arn: string): Promise<string> {
    const { BackupDescription } = await this.#dynamodb.send(new DescribeBackupCommand({ BackupArn: arn }));
    return BackupDescription?.BackupDetails?.BackupStatus ?? 'UNKNOWN';
  }

  async mappings(streamArn: string): Promise<Mapping[]> {
    const mappings: Mapping[] = [];
    let marker: string | undefined;
    do {
      const answer = await this.#lambda.send(
        new ListEventSourceMappingsCommand({
          EventSourceArn: streamArn,
          ...(marker ? { Marker: marker } : {}),
        }),
      );
      for (const { UUID = '', FunctionArn = '', State = '' } of answer.EventSourceMappings ?? [])
        mappings.push({ id: UUID, functionArn: FunctionArn, state: State });
      marker = answer.NextMarker;
    } while (marker);
    return mappings;
  }

  /** Maps a stream to a function, from its oldest record on: LATEST may miss what happens while the mapping starts. */
  async createMapping(streamArn: string, functionArn: string): Promise<Mapping> {
    const { UUID = '', State = '' } = await this.#lambda.send(
      new CreateEventSourceMappingCommand({
        EventSourceArn: streamArn,
        FunctionName: functionArn,
        StartingPosition: 'TRIM_HORIZON',
        BatchSize: MAPPING_BATCH,
        MaximumBatchingWindowInSeconds: 0,
        ParallelizationFactor: 1,
      }),
    );
    return { id: UUID, functionArn, state: State };
  }

  /** @returns undefined if the mapping is gone. */
  async mappingState(id: string): Promise<string | undefined> {
    return orUndefined(
      async () => (await this.#lambda.send(new GetEventSourceMappingCommand({ UUID: id }))).State,
    );
  }

  async deleteMapping(id: string): Promise<void> {
    try {
      await this.#lambda.send(new DeleteEventSourceMappingCommand({ UUID: id }));
    } catch (error) {
      if (!isNamed(error, 'ResourceNotFoundException', 'ResourceInUseException')) throw error;
    }
  }

  get #lambda(): LambdaClient {
    if (!this.#mapper) throw new TypeError('this function was given no client of Lambda');
    return this.#mapper;
  }
}

async function orUndefined<T>(ask: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
}
