import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { REGION } from '../../infra/local/embedded-aws.ts';
import { freePort } from '../../infra/local/free-port.ts';
import { Processes } from '../../infra/local/processes.ts';
import { KEPT, openWorkspace, type Workspace } from '../../infra/local/workspace.ts';

const VERSION = 'v1.8.0';
/** From this one on, Go gets itself the release that a module asks for. */
const OLDEST_GO_MINOR = 21;
const READY_MILLISECONDS = 60_000;
/** Its root user. It looks at signatures, hence other words than those of the embedded AWS. */
const CREDENTIALS = { accessKeyId: 'versity', secretAccessKey: 'versity-secret' } as const;

/** The Versity S3 gateway, S3 over a folder: stricter than the embedded AWS in what it checks of S3. */
export interface Versitygw {
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: typeof CREDENTIALS;
  };
  stop(): Promise<void>;
}

/**
 * Why versitygw can't be run on this machine; undefined where it can.
 * @throws Error in CI, where it must not be missing.
 */
export function missingForVersitygw(): string | undefined {
  const { stdout } = spawnSync('go', ['version'], { encoding: 'utf8' });
  const [found, minor] = /go1\.(\d+)[\w.]*/.exec(stdout ?? '') ?? [];
  if (Number(minor ?? 0) >= OLDEST_GO_MINOR) return undefined;
  const missing = `Go 1.${OLDEST_GO_MINOR} or newer is needed${found ? `, found ${found}` : ''}`;
  if (process.env.CI === 'true') throw new Error(`versitygw is a part of CI: ${missing}`);
  return `versitygw is left out: ${missing}`;
}

/** Builds it, once for this version, and starts it on a free port of the loopback interface. */
export async function startVersitygw(): Promise<Versitygw> {
  const workspace = openWorkspace();
  const processes = new Processes();
  const stop = async () => {
    await processes[Symbol.asyncDispose]();
    workspace[Symbol.dispose]();
  };
  try {
    const program = await build(processes, workspace);
    const port = await freePort();
    const server = processes.start(program, serverArguments(port, workspace), {
      env: { TMPDIR: workspace.temporary, HOME: workspace.home },
      cwd: workspace.folder,
      log: workspace.file('versitygw.log'),
    });
    const endpoint = `http://127.0.0.1:${port}`;
    const ended = server.ended.then((code) => {
      throw new Error(`versitygw ended with code ${code}:\n${server.tail()}`);
    });
    await Promise.race([ended, untilAnswers(endpoint)]);
    ended.catch(() => undefined);
    return { clientConfig: { endpoint, region: REGION, credentials: CREDENTIALS }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Metadata are kept in extended attributes of the files: in files of their own they would outlive their objects. */
function serverArguments(port: number, workspace: Workspace): string[] {
  const folder = (name: string) => {
    const path = workspace.file(`versitygw-${name}`);
    mkdirSync(path);
    return path;
  };
  return [
    ...['--access', CREDENTIALS.accessKeyId, '--secret', CREDENTIALS.secretAccessKey, '--region', REGION],
    ...['--iam-dir', folder('iam'), '--port', `127.0.0.1:${port}`, '--quiet'],
    ...['posix', '--versioning-dir', folder('versions'), folder('data')],
  ];
}

/** The program. It appears under its name when it is complete, so an interrupted build leaves none. */
async function build(processes: Processes, workspace: Workspace): Promise<string> {
  const program = join(KEPT, `versitygw-${VERSION}`);
  if (existsSync(program)) return program;
  const folder = workspace.file('go');
  await processes.run(
    'building versitygw',
    'go',
    ['install', `github.com/versity/versitygw/cmd/versitygw@${VERSION}`],
    {
      env: {
        ...process.env,
        GOBIN: folder,
        GOPATH: join(folder, 'path'),
        GOMODCACHE: join(folder, 'modules'),
        GOCACHE: join(folder, 'cache'),
        GOTOOLCHAIN: 'auto',
        // Without a C compiler, too.
        CGO_ENABLED: '0',
        // Otherwise its folders are read-only, and only their owner's superior could remove them.
        GOFLAGS: '-modcacherw',
      },
      cwd: workspace.folder,
      log: workspace.file('go.log'),
    },
  );
  renameSync(join(folder, 'versitygw'), program);
  return program;
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
  throw new Error(`versitygw did not answer within ${READY_MILLISECONDS / 1000} s`);
}
