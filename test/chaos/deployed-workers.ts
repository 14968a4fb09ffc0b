import { join } from 'node:path';
import {
  type FunctionConfiguration,
  LambdaClient,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { type EmbeddedAws, LAMBDA_FOLDER } from '../../infra/local/embedded-aws.ts';
import type { Victim } from './moments.ts';
import { processList } from './process-list.ts';

/**
 * How long an invocation of those workers may take that are killed: the lease and the permit of a dead one count until
 * then, and a run with many deaths should take minutes, not hours. Where that is short they hand over more often.
 */
const TIMEOUT_SECONDS: Readonly<Record<Victim, number>> = {
  copy: 10,
  apply: 10,
  verify: 10,
  'stand-by': 60,
  cutover: 30,
  sweep: 10,
};

export interface DeployedWorkersProps {
  readonly aws: Pick<EmbeddedAws, 'clientConfig' | 'temporary'>;
  /** Name of the stack, with which the names of its functions begin. */
  readonly stack: string;
}

/** The Lambda functions of a deployed stack, with other settings than the deployment's until it is disposed of. */
export class DeployedWorkers implements AsyncDisposable {
  readonly #props: DeployedWorkersProps;
  readonly #lambda: LambdaClient;
  readonly #before: readonly FunctionConfiguration[];

  /** Lets the workers send what they ask of DynamoDB and of its streams to an endpoint. */
  static async sendingTo(endpoint: string, props: DeployedWorkersProps): Promise<DeployedWorkers> {
    const lambda = new LambdaClient(props.aws.clientConfig);
    const pages = await Array.fromAsync(paginateListFunctions({ client: lambda }, {}));
    const before = pages
      .flatMap(({ Functions = [] }) => Functions)
      .filter(({ FunctionName }) => FunctionName?.startsWith(`${props.stack}-`));
    const workers = new DeployedWorkers(props, lambda, before);
    await Promise.all(before.map((worker) => workers.#set(worker, endpoint)));
    return workers;
  }

  private constructor(
    props: DeployedWorkersProps,
    lambda: LambdaClient,
    before: readonly FunctionConfiguration[],
  ) {
    this.#props = props;
    this.#lambda = lambda;
    this.#before = before;
  }

  /** Kills every process of a worker. @returns how many there were. */
  async kill(worker: Victim): Promise<number> {
    const folder = join(this.#props.aws.temporary, `${LAMBDA_FOLDER}${this.#props.stack}-${worker}-`);
    const processes = (await processList()).filter(({ command }) => command.includes(folder));
    return processes.filter(({ pid }) => kill(pid)).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#before.map((worker) => this.#set(worker)));
  }

  async #set({ FunctionName = '', Environment, Timeout }: FunctionConfiguration, endpoint?: string) {
    const worker = FunctionName.slice(`${this.#props.stack}-`.length) as Victim;
    await this.#lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName,
        Environment: {
          Variables: {
            ...Environment?.Variables,
            ...(endpoint && {
              AWS_ENDPOINT_URL_DYNAMODB: endpoint,
              AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpoint,
            }),
          },
        },
        Timeout: (endpoint && TIMEOUT_SECONDS[worker]) || Timeout,
      }),
    );
    await waitUntilFunctionUpdatedV2(
      { client: this.#lambda, maxWaitTime: 30, minDelay: 0.2, maxDelay: 1 },
      { FunctionName },
    );
  }
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false; // It has ended by itself meanwhile.
  }
}
