import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CreateBucketCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { Command } from 'commander';
import { runCommand, type Surroundings } from '../../infra/local/command.ts';
import { wholeNumber } from '../../infra/local/command-options.ts';
import { CREDENTIALS, REGION } from '../../infra/local/embedded-aws.ts';
import { startAws } from '../../infra/local/embedded-stack.ts';
import { withoutAws } from '../../infra/local/environment.ts';
import { LocalError } from '../../infra/local/local-error.ts';
import { loadPictures } from '../../infra/local/pictures/picture-bucket.ts';
import { pictureFiles } from '../../infra/local/pictures/picture-files.ts';
import { count, textTable } from '../../infra/local/text-table.ts';
import { CountingProxy } from './counting-proxy.ts';
import { quantile } from './paired-rounds.ts';

const run = promisify(execFile);
const COPIER = fileURLToPath(new URL('object-copier.ts', import.meta.url));
const SOURCE = 'bench-source';
const EMPTY = 'bench-empty';

interface ObjectBenchOptions {
  readonly objects: number;
  readonly rounds: number;
}

/** A program that copies all objects of a bucket to another one, within S3. */
interface Copier {
  readonly name: string;
  command(endpoint: string, from: string, to: string): readonly string[];
  readonly versionCommand?: readonly string[];
}

const COPIERS: readonly Copier[] = [
  { name: 'Segue, one worker', command: (...places) => [process.execPath, COPIER, ...places] },
  {
    name: 'rclone copy',
    versionCommand: ['rclone', 'version'],
    command: (endpoint, from, to) => {
      const remote = `:s3,provider=Other,env_auth,region=${REGION},endpoint='${endpoint}',force_path_style`;
      return ['rclone', 'copy', '--config', '/dev/null', `${remote}:${from}`, `${remote}:${to}`];
    },
  },
  {
    name: 'aws s3 sync',
    versionCommand: ['aws', '--version'],
    command: (endpoint, from, to) => [
      ...['aws', 's3', 'sync', '--only-show-errors', '--endpoint-url', endpoint],
      ...[`s3://${from}`, `s3://${to}`],
    ],
  },
];

const HOW = `
How it is measured: on the local AWS, pictures of 3 KB at the median are copied from one bucket to another, empty one,
by S3 itself (CopyObject), each round anew, in turns. "CPU" is user and system time of the whole process, less what it
takes with an empty bucket, for each object; the median of the rounds. Requests are counted by a proxy before the AWS.
Programs that are not installed are left out. They do not all do the same: Segue's copy carries a precondition on both
sides, sees each object once more after it was written, and never overwrites.`;

/** `npm run bench -- objects` */
export function addObjectBench(program: Command): void {
  program
    .command('objects')
    .summary('CPU and requests for each object copied, against rclone and aws s3 sync')
    .description('Measures what a worker takes to copy an object, beside rclone and "aws s3 sync".')
    .option('--objects <n>', 'pictures to copy', wholeNumber(1, 3_802), 1_000)
    .option('--rounds <n>', 'rounds of each program', wholeNumber(1, 50), 5)
    .addHelpText('after', HOW)
    .action(async (options: ObjectBenchOptions) => {
      process.exitCode = await runCommand((surroundings) => benchObjects(surroundings, options));
    });
}

interface Measured {
  /** In milliseconds, of the whole process. */
  readonly cpu: number;
  readonly seconds: number;
  readonly requests: ReadonlyMap<string, number>;
}

async function benchObjects(surroundings: Surroundings, options: ObjectBenchOptions): Promise<number> {
  const { terminal } = surroundings;
  const { objects, rounds } = options;
  const aws = await startAws(surroundings);
  await using proxy = await CountingProxy.start(aws.endpoint);
  const client = new S3Client({ ...aws.clientConfig, forcePathStyle: true });
  for (const bucket of [SOURCE, EMPTY]) await client.send(new CreateBucketCommand({ Bucket: bucket }));
  await loadPictures(client, { bucket: SOURCE, prefix: '' }, pictureFiles(objects));
  const copiers: Copier[] = [];
  for (const copier of COPIERS) if (await isInstalled(terminal, copier)) copiers.push(copier);

  const measured = new Map(
    copiers.map((copier) => [copier, { base: [] as number[], all: [] as Measured[] }]),
  );
  for (let round = 0; round < rounds; round++) {
    const turn = copiers.map((_, index) => copiers[(index + round) % copiers.length] as Copier);
    for (const copier of turn) {
      terminal.live('bench', `round ${round + 1} of ${rounds}: ${copier.name}`);
      const { base, all } = measured.get(copier) as { base: number[]; all: Measured[] };
      const bucket = `bench-${COPIERS.indexOf(copier)}-${round}`;
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      base.push((await measure(proxy, copier, EMPTY, bucket)).cpu);
      all.push(await measure(proxy, copier, SOURCE, bucket));
      const copied = await countOf(client, bucket);
      if (copied !== objects) throw new LocalError(`${copier.name} copied ${copied} of ${objects} objects`);
    }
  }
  const rows = [...measured].map(([{ name }, { base, all }]) => {
    const requests = all.at(-1)?.requests ?? new Map<string, number>();
    const total = [...requests.values()].reduce((sum, one) => sum + one, 0);
    return [
      name,
      `${(((median(all.map(({ cpu }) => cpu)) - median(base)) * 1_000) / objects).toFixed(0)} µs`,
      (total / objects).toFixed(2),
      `${count(objects / median(all.map(({ seconds }) => seconds)))}/s`,
      [...requests].map(([kind, times]) => `${count(times)} ${kind}`).join(', '),
    ];
  });
  terminal.heading(`${count(objects)} objects, ${rounds} rounds`);
  for (const line of textTable([['', 'CPU an object', 'requests an object', 'rate', ''], ...rows]))
    terminal.line(line);
  return 0;
}

async function measure(proxy: CountingProxy, copier: Copier, from: string, to: string): Promise<Measured> {
  proxy.takeCounts();
  const command = copier.command(proxy.endpoint, from, to);
  // Only a shell tells the time of a process that it waited for.
  const { stderr } = await run('bash', ['-c', 'TIMEFORMAT="%3U %3S %3R"; time "$@"', 'bash', ...command], {
    env: { ...withoutAws(process.env), ...ENVIRONMENT },
  });
  const [user = 0, system = 0, seconds = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { cpu: (user + system) * 1_000, seconds, requests: proxy.takeCounts() };
}

const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  AWS_DEFAULT_REGION: REGION,
  AWS_CONFIG_FILE: '/dev/null',
};

async function isInstalled(
  terminal: Surroundings['terminal'],
  { name, versionCommand }: Copier,
): Promise<boolean> {
  if (!versionCommand) return true;
  const [program = '', ...args] = versionCommand;
  const version = await run(program, args).then(
    ({ stdout, stderr }) => (stdout || stderr).split('\n')[0],
    () => undefined,
  );
  terminal.line(`   ${name}: ${version ?? 'not installed, left out'}`);
  return version !== undefined;
}

async function countOf(client: S3Client, bucket: string): Promise<number> {
  const pages = await Array.fromAsync(paginateListObjectsV2({ client }, { Bucket: bucket }));
  return pages.reduce((sum, { KeyCount = 0 }) => sum + KeyCount, 0);
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
