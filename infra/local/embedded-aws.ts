import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { LocalError } from './local-error.ts';
import type { Processes, Running } from './processes.ts';
import { findPython } from './python.ts';
import { KEPT, ROOT, type Workspace } from './workspace.ts';

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
/** The root user of the embedded AWS. */
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

const VENV = join(KEPT, 'venv');
const BIN = join(ROOT, 'node_modules', '.bin');
const HERE = join(ROOT, 'infra', 'local');
const READY_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 50;
const PORT_ATTEMPTS = 3;

export interface EmbeddedAws {
  readonly endpoint: string;
  readonly port: number;
  /** Options of every SDK client. */
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: typeof CREDENTIALS;
  };
  /** What a command needs in its environment to talk to it, and to nothing else. */
  readonly environment: Readonly<Record<string, string>>;
  readonly log: string;
  /** Each process of a Lambda function runs in a folder of its own below this one, which begins with `LAMBDA_FOLDER`. */
  readonly temporary: string;
  stop(): Promise<void>;
}

/** First part of a Lambda process's folder; the function's name comes next. */
export const LAMBDA_FOLDER = 'ministack-lambda-';

interface StartOptions {
  readonly processes: Processes;
  readonly workspace: Workspace;
  /** @default a free one */
  readonly port?: number;
  /** File to which each judgement of a role's request is written, one JSON object a line. */
  readonly calls?: string;
}

/** Whether the environment of the embedded AWS was made before. */
export function isInstalled(): boolean {
  return existsSync(join(VENV, 'complete'));
}

/** Makes the project's own Python environment in the clone, once. */
export async function install({ processes, workspace }: StartOptions): Promise<void> {
  const python = await findPython();
  const { PYTHONHOME: _, PYTHONPATH: __, PIP_TARGET: ___, PIP_PREFIX: ____, ...env } = process.env;
  await processes.run(
    'installing the embedded AWS',
    python.path,
    [join(HERE, 'make-venv.py'), VENV, join(HERE, 'requirements.txt')],
    {
      env: { ...env, PIP_USER: '0', TMPDIR: workspace.temporary },
      cwd: ROOT,
      log: workspace.file('install.log'),
    },
  );
}

/**
 * Starts the embedded AWS (MiniStack), with IAM enforced, and waits until it answers.
 * @throws LocalError with the end of its log if it does not.
 */
export async function startEmbeddedAws(options: StartOptions): Promise<EmbeddedAws> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(options.port);
    const { running, log } = startServer(options, port);
    const failure = await untilReady(port, running, options.workspace);
    if (failure === undefined) return describe(port, log, options.workspace.temporary, running);
    await running.stop();
    // Between finding a port and binding it somebody else may have taken it.
    if (options.port || attempt === PORT_ATTEMPTS || !failure.includes('already in use'))
      throw new LocalError(`the embedded AWS did not start: ${failure}`);
  }
}

function startServer({ processes, workspace, calls }: StartOptions, port: number) {
  const log = workspace.file(`aws-${port}.log`);
  // The Lambda functions inherit this environment, hence nothing of the user's own: no profile, no endpoint, no option.
  const env = {
    PATH: [BIN, join(VENV, 'bin'), process.env.PATH].join(delimiter),
    HOME: workspace.home,
    TMPDIR: workspace.temporary,
    LANG: 'C.UTF-8',
    // CDK's custom resources load the SDK from here.
    NODE_PATH: join(ROOT, 'node_modules'),
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    MINISTACK_ACCOUNT_ID: ACCOUNT,
    MINISTACK_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    AUTH: 'true',
    ...(calls ? { SEGUE_RECORD_CALLS: calls } : {}),
    // Listeners on fixed ports, where a second copy would meet this one, and containers that are not ours.
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
    DOCKER_HOST: `unix://${workspace.file('no-docker.sock')}`,
  };
  const running = processes.start(join(VENV, 'bin', 'python'), [join(HERE, 'serve-aws.py')], {
    env,
    cwd: workspace.folder,
    log,
  });
  return { running, log };
}

function describe(port: number, log: string, temporary: string, running: Running): EmbeddedAws {
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    port,
    clientConfig: { endpoint, region: REGION, credentials: CREDENTIALS },
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    log,
    temporary,
    stop: () => running.stop(),
  };
}

/** @returns why it will not become ready, or undefined once it is. */
async function untilReady(
  port: number,
  running: Running,
  { temporary }: Workspace,
): Promise<string | undefined> {
  const ended = running.ended.then((code) => `it ended with code ${code}:\n${running.tail()}`);
  const late = Date.now() + READY_MILLISECONDS;
  while (Date.now() < late) {
    const failure = await Promise.race([ended, delay(POLL_MILLISECONDS)]);
    if (failure) return failure;
    // It writes this file once it has found the port free: another server's answer is not taken for its own.
    if (existsSync(join(temporary, `ministack-${port}.pid`)) && (await isHealthy(port))) return undefined;
  }
  return `no answer within ${READY_MILLISECONDS / 1000} s:\n${running.tail()}`;
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(2_000);
    return (await fetch(`http://127.0.0.1:${port}/_ministack/health`, { signal })).ok;
  } catch {
    return false;
  }
}
