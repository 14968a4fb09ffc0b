import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { AwsClients } from '../../../infra/cli/context.ts';
import { run } from '../../../infra/cli/run.ts';
import type { Terminal } from '../../../infra/cli/terminal.ts';
import { Journal } from '../../../shared/journal/journal.ts';
import { RouteTable } from '../../../shared/route.ts';
import type { Task } from '../../simulation/world/task.ts';
import { World } from '../../simulation/world/world.ts';

/** What a command has printed and how it ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** What the services answer besides the modelled DynamoDB. */
export interface Answers {
  /** Outputs of the stack Segue; undefined: there is no such stack. */
  readonly outputs?: Readonly<Record<string, string>> | undefined;
  /** How the execution stands at each look; the last one stays. An error is thrown. */
  readonly executions?: readonly (object | Error)[];
  /** The objects of the bucket of reports, by key. */
  readonly objects?: Readonly<Record<string, string>>;
  /** What a person answers; undefined: nobody is there. */
  readonly confirms?: boolean | undefined;
}

export const OUTPUTS = {
  JournalTable: 'journal',
  RouteTable: 'route',
  ReportBucket: 'reports',
  StateMachineArn: 'arn:aws:states:eu-central-1:123456789012:stateMachine:Segue',
};
export const EXECUTION = 'arn:aws:states:eu-central-1:123456789012:execution:Segue:orders-1';

/** The command line over a modelled DynamoDB and services that answer what a test says. */
export class CommandLine {
  readonly world = new World({ seed: 'cli' });
  /** Inputs of the executions that were started. */
  readonly started: { readonly name: string; readonly input: unknown }[] = [];
  /** Regions that clients were asked for. */
  readonly regions: (string | undefined)[] = [];
  stacksDescribed = 0;
  readonly #answers: Answers;
  #looks = 0;

  constructor(answers: Answers = {}) {
    this.#answers = { outputs: OUTPUTS, ...answers };
    const text = (name: string) => ({ name, type: 'S' as const });
    this.world.createTable({ name: 'journal', partitionKey: text('pk'), sortKey: text('sk') });
    this.world.createTable({ name: 'route', partitionKey: text('name'), sortKey: text('sk') });
    this.world.createTable({
      name: 'orders',
      partitionKey: text('customer'),
      sortKey: { name: 'number', type: 'N' },
    });
  }

  /** Runs one command as a shell would. */
  run(...args: string[]): Promise<Ended> {
    let [out, errors] = ['', ''];
    const terminal: Terminal = {
      live: false,
      rows: 40,
      write: (text) => {
        out += text;
      },
      writeError: (text) => {
        errors += text;
      },
      paint: (_, text) => text,
      confirm: async () => this.#answers.confirms,
    };
    return this.world.run(async (task) => {
      const clients = (region: string | undefined): AwsClients => {
        this.regions.push(region);
        return {
          cloudFormation: this.#cloudFormation(),
          dynamodb: this.world.client(task),
          s3: this.#s3(),
          stepFunctions: this.#stepFunctions(),
        };
      };
      const code = await run(args, { terminal, runtime: task.runtime, user: () => 'ada', clients });
      return { code, out, errors };
    });
  }

  /** Lets a test read or write the journal and the route of the migration `orders`. */
  with<T>(code: (records: { journal: Journal; route: RouteTable; now: number }) => Promise<T>): Promise<T> {
    return this.world.run((task) =>
      code({
        journal: this.journal(task),
        route: new RouteTable(this.world.client(task), 'route', 'orders', task.runtime),
        now: task.runtime.now(),
      }),
    );
  }

  /** The journal of the migration `orders`, as a process sees it. */
  journal(task: Task): Journal {
    return new Journal(this.world.client(task), 'journal', 'orders', task.runtime);
  }

  #cloudFormation(): AwsClients['cloudFormation'] {
    const send = async () => {
      this.stacksDescribed++;
      const { outputs } = this.#answers;
      if (!outputs)
        throw Object.assign(new Error('Stack with id Segue does not exist'), { name: 'ValidationError' });
      const Outputs = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
      return { Stacks: [{ Outputs }] };
    };
    return { send } as unknown as AwsClients['cloudFormation'];
  }

  #stepFunctions(): AwsClients['stepFunctions'] {
    const send = async (command: object) => {
      if (command instanceof StartExecutionCommand) {
        const { name = '', input = '' } = command.input;
        this.started.push({ name, input: JSON.parse(input) });
        return { executionArn: EXECUTION };
      }
      if (!(command instanceof DescribeExecutionCommand)) throw new Error('not a call of the command line');
      const { executions = [] } = this.#answers;
      const answer = executions[Math.min(this.#looks++, executions.length - 1)];
      if (answer instanceof Error) throw answer;
      return answer;
    };
    return { send } as unknown as AwsClients['stepFunctions'];
  }

  #s3(): AwsClients['s3'] {
    const send = async ({ input }: { input: { Key: string } }) => {
      const text = this.#answers.objects?.[input.Key];
      if (text === undefined) throw Object.assign(new Error('no such key'), { name: 'NoSuchKey' });
      return { Body: { transformToByteArray: async () => new TextEncoder().encode(text) } };
    };
    return { send } as unknown as AwsClients['s3'];
  }
}
