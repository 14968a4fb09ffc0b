import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ACCOUNT, type EmbeddedAws, REGION } from './embedded-aws.ts';
import { withoutAws } from './environment.ts';
import { LocalError } from './local-error.ts';
import type { Processes } from './processes.ts';
import { ROOT, type Workspace } from './workspace.ts';

/** What the stack says of itself (its CloudFormation outputs). */
export interface StackOutputs {
  readonly JournalTable: string;
  readonly RouteTable: string;
  readonly ReportBucket: string;
  readonly StateMachineArn: string;
  readonly SteeringArn: string;
}

const OUTPUTS = ['JournalTable', 'RouteTable', 'ReportBucket', 'StateMachineArn', 'SteeringArn'] as const;

/** What the stack may touch, and what of its sizing differs on one machine. */
export interface DeployConfig {
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly [option: string]: unknown;
}

/** What one machine can carry: each concurrent invocation is a process of its own there, with no limit but these. */
const LOCAL_SIZE = {
  applyReservedConcurrency: 2,
  hintConcurrency: 2,
  workers: { reservedConcurrency: 4 },
} as const;

interface DeployOptions {
  readonly processes: Processes;
  readonly workspace: Workspace;
  readonly aws: EmbeddedAws;
}

/** `cdk bootstrap`, as a user does it once for an account and Region. */
export async function bootstrap(options: DeployOptions): Promise<void> {
  await cdk(options, 'bootstrap', [`aws://${ACCOUNT}/${REGION}`]);
}

/**
 * `cdk deploy` of the stack that a user deploys, with a config file of this run.
 * @throws LocalError with the end of what the CDK printed.
 */
export async function deploy(options: DeployOptions, config: DeployConfig): Promise<StackOutputs> {
  const outputs = options.workspace.file('outputs.json');
  await cdk(options, 'deploy', ['--require-approval', 'never', '--outputs-file', outputs], config);
  const stacks = Object.values(JSON.parse(readFileSync(outputs, 'utf8')) as Record<string, StackOutputs>);
  const stack = stacks[0];
  if (!stack || !OUTPUTS.every((name) => stack[name]))
    throw new LocalError(
      `the stack lacks an output (it has ${JSON.stringify(stacks)}, needed are ${OUTPUTS.join(', ')})`,
    );
  return stack;
}

async function cdk(
  { processes, workspace, aws }: DeployOptions,
  command: string,
  args: readonly string[],
  config: DeployConfig = { sources: ['unused'], targets: ['unused-too'] },
): Promise<void> {
  const configFile = workspace.file('segue.config.json');
  writeFileSync(configFile, JSON.stringify({ ...LOCAL_SIZE, ...config }, undefined, 2));
  await processes.run(
    `cdk ${command}`,
    process.execPath,
    [
      join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk'),
      command,
      ...args,
      ...['--context', `config=${configFile}`],
      ...['--output', workspace.file('cdk.out')],
      '--no-notices',
    ],
    {
      env: {
        ...withoutAws(process.env),
        ...aws.environment,
        PATH: [join(ROOT, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
        TMPDIR: workspace.temporary,
        // The CLI and the library keep what they remember in two different ways.
        CDK_HOME: workspace.home,
        HOME: workspace.home,
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        CDK_DISABLE_VERSION_CHECK: 'true',
        NO_COLOR: '1',
      },
      cwd: ROOT,
      log: workspace.file(`cdk-${command}.log`),
    },
  );
}
