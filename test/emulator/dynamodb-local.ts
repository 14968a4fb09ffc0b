import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CREDENTIALS, REGION } from '../../infra/local/embedded-aws.ts';
import { freePort } from '../../infra/local/free-port.ts';
import { Processes } from '../../infra/local/processes.ts';
import { KEPT, openWorkspace, ROOT, type Workspace } from '../../infra/local/workspace.ts';

const POM = join(ROOT, 'test', 'emulator', 'dynamodb-local.pom.xml');
const OLDEST_JAVA = 17;
const READY_MILLISECONDS = 60_000;

/** DynamoDB Local, AWS's own emulator: stricter than the embedded AWS in what it checks. */
export interface DynamoDBLocal {
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: typeof CREDENTIALS;
  };
  stop(): Promise<void>;
}

/**
 * Why DynamoDB Local can't be run on this machine; undefined where it can.
 * @throws Error in CI, where it must not be missing.
 */
export function missingForDynamoDBLocal(): string | undefined {
  const java = Number(/version "(\d+)/.exec(output('java', '-version'))?.[1] ?? 0);
  const missing =
    java < OLDEST_JAVA
      ? `Java ${OLDEST_JAVA} or newer is needed${java ? `, found ${java}` : ''}`
      : output('mvn', '--version').includes('Maven')
        ? undefined
        : 'Maven is needed';
  if (missing && process.env.CI === 'true') throw new Error(`DynamoDB Local is a part of CI: ${missing}`);
  return missing && `DynamoDB Local is left out: ${missing}`;
}

/** Resolves its jars, once for this version, and starts it on a free port. */
export async function startDynamoDBLocal(): Promise<DynamoDBLocal> {
  const workspace = openWorkspace();
  const processes = new Processes();
  const stop = async () => {
    await processes[Symbol.asyncDispose]();
    workspace[Symbol.dispose]();
  };
  try {
    const jars = await resolveJars(processes, workspace);
    const port = await freePort();
    const server = processes.start(
      'java',
      [
        `-Djava.library.path=${jars}`,
        ...['-cp', join(jars, '*'), 'software.amazon.dynamodb.services.local.main.ServerRunner'],
        ...['-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port)],
      ],
      {
        env: javaEnvironment(workspace.temporary),
        cwd: workspace.folder,
        log: workspace.file('dynamodb-local.log'),
      },
    );
    const endpoint = `http://127.0.0.1:${port}`;
    const ended = server.ended.then((code) => {
      throw new Error(`DynamoDB Local ended with code ${code}:\n${server.tail()}`);
    });
    await Promise.race([ended, untilAnswers(endpoint)]);
    ended.catch(() => undefined);
    return { clientConfig: { endpoint, region: REGION, credentials: CREDENTIALS }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The folder of the jars. It appears under its name when it is complete, so an interrupted download leaves none. */
async function resolveJars(processes: Processes, workspace: Workspace): Promise<string> {
  const version = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  const folder = join(KEPT, `dynamodb-local-${version}`);
  if (existsSync(folder)) return folder;
  const incomplete = workspace.file('jars');
  await processes.run(
    'resolving DynamoDB Local',
    'mvn',
    [
      ...['--quiet', '--batch-mode', '--file', POM, 'dependency:copy-dependencies'],
      ...[`-DoutputDirectory=${incomplete}`, '-DincludeScope=runtime'],
    ],
    {
      env: javaEnvironment(workspace.temporary),
      cwd: workspace.folder,
      log: workspace.file('maven.log'),
    },
  );
  try {
    renameSync(incomplete, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error; // Otherwise another run was faster.
  }
  return folder;
}

/** Java leaves its statistics and temporary files inside the clone, or nowhere. */
function javaEnvironment(temporary = ROOT): NodeJS.ProcessEnv {
  return {
    ...process.env,
    JAVA_TOOL_OPTIONS: `-XX:-UsePerfData -Djava.io.tmpdir=${temporary}`,
  };
}

async function untilAnswers(endpoint: string): Promise<void> {
  const late = Date.now() + READY_MILLISECONDS;
  while (Date.now() < late) {
    // Without a signed request it answers with an error: that is answer enough.
    const answered = await fetch(endpoint, { signal: AbortSignal.timeout(2_000) }).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await delay(100);
  }
  throw new Error(`DynamoDB Local did not answer within ${READY_MILLISECONDS / 1000} s`);
}

function output(command: string, argument: string): string {
  const { stdout, stderr } = spawnSync(command, [argument], { encoding: 'utf8', env: javaEnvironment() });
  // Java tells its version on the standard error.
  return `${stdout ?? ''}${stderr ?? ''}`;
}
