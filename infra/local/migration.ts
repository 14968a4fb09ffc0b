import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { Journal } from '../../shared/journal/journal.ts';
import { keySchema } from '../../shared/resources/tables/table-description.ts';
import { type RoutedBucket, RouteTable } from '../../shared/route.ts';
import { routed } from '../../shared/router.ts';
import { routedS3 } from '../../shared/router-s3.ts';
import { systemRuntime } from '../../shared/runtime.ts';
import { readStatus, type Status } from '../../shared/status.ts';
import { steer } from '../../shared/steering/steer.ts';
import { reservedAttribute } from '../../shared/version.ts';
import type { StackOutputs } from './deploy.ts';
import type { EmbeddedAws } from './embedded-aws.ts';
import { LocalError } from './local-error.ts';

export interface MigrationProps {
  readonly aws: Pick<EmbeddedAws, 'clientConfig'>;
  readonly outputs: StackOutputs;
  readonly name: string;
  readonly source: string;
  readonly target: string;
  /** Objects that move with the table. @default none */
  readonly buckets?: readonly RoutedBucket[];
}

/** How an execution ended. */
export type Ending = Pick<DescribeExecutionOutput, 'status' | 'error' | 'cause'>;

/** One migration as its user sees it: everything that is Segue's own and that this folder uses goes through here. */
export class LocalMigration {
  readonly #props: MigrationProps;
  readonly #client: DynamoDBClient;
  readonly #workflow: SFNClient;
  readonly #journal: Journal;
  #execution: string | undefined;

  constructor(props: MigrationProps) {
    const { aws, outputs, name } = props;
    this.#props = props;
    this.#client = new DynamoDBClient(aws.clientConfig);
    this.#workflow = new SFNClient(aws.clientConfig);
    this.#journal = new Journal(this.#client, outputs.JournalTable, name, systemRuntime);
  }

  /** What comes before an application may use the router: `segue route create`. */
  async createRoute(): Promise<void> {
    const { outputs, name, source, target, buckets } = this.#props;
    const { Table } = await this.#client.send(new DescribeTableCommand({ TableName: source }));
    await new RouteTable(this.#client, outputs.RouteTable, name, systemRuntime).create(
      [{ source, target, keys: keySchema(Table ?? {}) }],
      reservedAttribute(name),
      buckets,
    );
  }

  /**
   * A client as the application makes it: its own, with the router put into it. Like any application that must not
   * lose a write it tries more often than the SDK's three times.
   * @param endpoint default: the embedded AWS itself.
   */
  routedClient(endpoint = this.#props.aws.clientConfig.endpoint): DynamoDBClient {
    const { aws, outputs, name } = this.#props;
    const client = new DynamoDBClient({ ...aws.clientConfig, endpoint, maxAttempts: 8 });
    return routed(client, { migration: name, routeTable: outputs.RouteTable });
  }

  /** The same for objects. */
  routedS3Client(): S3Client {
    const { aws, outputs, name } = this.#props;
    return routedS3(new S3Client({ ...aws.clientConfig, forcePathStyle: true, maxAttempts: 8 }), {
      migration: name,
      routeTable: outputs.RouteTable,
      routeClient: new DynamoDBClient(aws.clientConfig),
    });
  }

  /** `StartExecution` with a spec. */
  async start(spec: object): Promise<void> {
    const { executionArn } = await this.#workflow.send(
      new StartExecutionCommand({
        stateMachineArn: this.#props.outputs.StateMachineArn,
        input: JSON.stringify(spec),
      }),
    );
    this.#execution = executionArn;
  }

  /** `StopExecution`. The journal keeps what was done. */
  async stop(): Promise<void> {
    await this.#workflow.send(new StopExecutionCommand({ executionArn: this.#execution }));
  }

  /** @returns undefined until validation has accepted the spec. */
  status(): Promise<Status | undefined> {
    return readStatus(this.#journal, Date.now());
  }

  /** `segue approve`, and after a switch `segue rollback`. */
  async approve(by: string): Promise<void> {
    await this.#steer('approve', by);
  }

  /** `segue approve --rehearse` */
  async rehearse(by: string): Promise<void> {
    await this.#steer('approve', by, { rehearse: true });
  }

  /** `segue rollback` */
  async rollBack(by: string): Promise<void> {
    await this.#steer('rollback', by);
  }

  /** `segue complete` */
  async complete(by: string): Promise<void> {
    await this.#steer('complete', by);
  }

  async #steer(action: string, by: string, parameters: object = {}): Promise<void> {
    await steer({
      input: { migration: this.#props.name, action, by, ...parameters },
      id: systemRuntime.id(),
      journalOf: () => this.#journal,
      runtime: systemRuntime,
    });
  }

  /**
   * Whether the execution has succeeded.
   * @throws LocalError when it ended in any other way.
   */
  async succeeded(): Promise<boolean> {
    const ending = await this.ending();
    if (!ending || ending.status === 'SUCCEEDED') return ending !== undefined;
    throw new LocalError(
      `the execution ended as ${ending.status}: ${ending.error ?? ''}\n${ending.cause ?? ''}`,
    );
  }

  /** How the execution has ended; undefined while it runs. */
  async ending(): Promise<Ending | undefined> {
    const { status, error, cause } = await this.#workflow.send(
      new DescribeExecutionCommand({ executionArn: this.#execution }),
    );
    return status === 'RUNNING' ? undefined : { status, error, cause };
  }

  /** Why a step is tried again at this moment; undefined while all goes well. */
  async trouble(): Promise<string | undefined> {
    const { events } = await this.#workflow.send(
      new GetExecutionHistoryCommand({
        executionArn: this.#execution,
        reverseOrder: true,
        maxResults: 2,
      }),
    );
    const failed = events?.map(({ taskFailedEventDetails }) => taskFailedEventDetails).find(Boolean);
    return failed && `${failed.error}: ${failed.cause}`;
  }
}
