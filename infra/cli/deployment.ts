import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { Command } from 'commander';
import { isNamed } from '../../shared/errors.ts';
import { Journal } from '../../shared/journal/journal.ts';
import { RouteTable } from '../../shared/route.ts';
import { CliError } from './cli-error.ts';
import type { AwsClients, Context } from './context.ts';

/** The outputs of the stack and the options that take their place. */
const FLAGS = {
  JournalTable: '--journal-table',
  RouteTable: '--route-table',
  ReportBucket: '--report-bucket',
  StateMachineArn: '--state-machine-arn',
} as const;
type Output = keyof typeof FLAGS;

export interface DeploymentOptions {
  readonly stack: string;
  readonly region?: string;
  readonly journalTable?: string;
  readonly routeTable?: string;
  readonly reportBucket?: string;
  readonly stateMachineArn?: string;
}

/** Adds the options that say where Segue is deployed: those outputs that the command uses. */
export function withDeployment(command: Command, ...used: readonly Output[]): Command {
  command
    .optionsGroup('Where Segue is deployed:')
    .option('--stack <name>', 'CloudFormation stack', 'Segue')
    .option('--region <region>', 'AWS Region (default: that of the environment or the profile)');
  for (const output of used)
    command.option(
      `${FLAGS[output]} <${output === 'StateMachineArn' ? 'arn' : 'name'}>`,
      `in place of the stack's output ${output}`,
    );
  return command;
}

/** Segue as it is deployed. What no option names is looked up in the outputs of its stack, once. */
export class Deployment {
  readonly clients: AwsClients;
  readonly #context: Context;
  readonly #options: DeploymentOptions;
  #outputs: Promise<ReadonlyMap<string, string>> | undefined;

  constructor(context: Context, options: DeploymentOptions) {
    this.clients = context.clients(options.region);
    this.#context = context;
    this.#options = options;
  }

  /** The journal of a migration, in the direction that it has now. */
  async journal(migration: string): Promise<Journal> {
    return new Journal(
      this.clients.dynamodb,
      this.#options.journalTable ?? (await this.#output('JournalTable')),
      migration,
      this.#context.runtime,
    ).atPresent();
  }

  async route(migration: string): Promise<RouteTable> {
    return new RouteTable(
      this.clients.dynamodb,
      this.#options.routeTable ?? (await this.#output('RouteTable')),
      migration,
      this.#context.runtime,
    );
  }

  async reportBucket(): Promise<string> {
    return this.#options.reportBucket ?? (await this.#output('ReportBucket'));
  }

  async stateMachineArn(): Promise<string> {
    return this.#options.stateMachineArn ?? (await this.#output('StateMachineArn'));
  }

  async #output(name: Output): Promise<string> {
    this.#outputs ??= this.#describe();
    const value = (await this.#outputs).get(name);
    if (value === undefined)
      throw new CliError(
        `the stack ${this.#options.stack} has no output ${name}, so it is not Segue: name another one with --stack, or pass ${FLAGS[name]}`,
      );
    return value;
  }

  async #describe(): Promise<ReadonlyMap<string, string>> {
    const { stack, region } = this.#options;
    try {
      const { Stacks } = await this.clients.cloudFormation.send(
        new DescribeStacksCommand({ StackName: stack }),
      );
      const outputs = Stacks?.[0]?.Outputs ?? [];
      return new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
    } catch (error) {
      // CloudFormation has no error of its own for a stack that does not exist.
      if (!isNamed(error, 'ValidationError')) throw error;
      throw new CliError(
        `there is no stack ${stack} in ${region ?? 'this Region'}: name it with --stack and its Region with --region (${(error as Error).message})`,
        { cause: error },
      );
    }
  }
}
