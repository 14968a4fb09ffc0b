import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Command, InvalidArgumentError } from 'commander';
import { cityItems } from '../../infra/local/cities/cities.ts';
import { startCityApplication } from '../../infra/local/cities/city-application.ts';
import { checkCities } from '../../infra/local/cities/city-checker.ts';
import { createTable, loadItems } from '../../infra/local/cities/city-table.ts';
import type { Item } from '../../infra/local/cities/item-text.ts';
import { runCommand, type Surroundings } from '../../infra/local/command.ts';
import { wholeNumber } from '../../infra/local/command-options.ts';
import type { StackOutputs } from '../../infra/local/deploy.ts';
import type { EmbeddedAws } from '../../infra/local/embedded-aws.ts';
import { deployStack, startAws } from '../../infra/local/embedded-stack.ts';
import { LocalError } from '../../infra/local/local-error.ts';
import { LocalMigration } from '../../infra/local/migration.ts';
import { count, textTable } from '../../infra/local/text-table.ts';
import { passed } from '../../infra/local/verdict.ts';
import { Watch } from '../../infra/local/watch.ts';
import type { Phase } from '../../shared/phases.ts';
import type { Status } from '../../shared/status.ts';

const BY = 'npm run bench -- pause';
const ALL_CITIES = 135_233;
const WRITERS = 4;
const REQUESTS_PER_WRITER_SECOND = 20;
/** More than any city's number. */
const NEXT_PLANET = 100_000_000;
/** The steps behind the fence, in order, and what comes after each. */
const STEPS: readonly (readonly [Phase, Phase])[] = [
  ['drain', 'close'],
  ['close', 'recheck'],
  ['recheck', 'switch'],
];

interface PauseBenchOptions {
  readonly sizes: readonly number[];
  readonly rehearsals: number;
}

/** One cutover, rehearsed or made; milliseconds. */
interface Measured {
  readonly pause: number;
  readonly steps: readonly number[];
}

const HOW = `
How it is measured: on the local AWS, one migration for each size, under ${WRITERS} writers with ${WRITERS * REQUESTS_PER_WRITER_SECOND} requests a second
through the router. At ready the cutover is rehearsed --rehearsals times, then made; both hold writes in the same way.
"pause" is from the fence to the switch, by the coordinator's clock, in milliseconds; the steps behind the fence are
medians. A row ends with what the independent checker has counted. The local AWS is one process on this machine, and
figures of AWS are others; whether they grow with the table is the same.`;

/** `npm run bench -- pause` */
export function addPauseBench(program: Command): void {
  program
    .command('pause')
    .summary('the write pause of a cutover against the size of the table')
    .description(
      'Measures the write pause of a cutover against the size of the table, and where its time goes.',
    )
    .option('--sizes <n,n,…>', 'items of the tables; more than there are cities is made up', sizes, [
      10_000,
      ALL_CITIES,
    ])
    .option('--rehearsals <n>', 'rehearsals at each size, beside the cutover itself', wholeNumber(0, 500), 10)
    .addHelpText('after', `${HOW}\n\nExample:\n  $ npm run bench -- pause --sizes 10000,135233,1000000`)
    .action(async (options: PauseBenchOptions) => {
      process.exitCode = await runCommand((surroundings) => benchPause(surroundings, options));
    });
}

function sizes(text: string): number[] {
  const found = text.split(',').map(Number);
  if (found.every((size) => Number.isSafeInteger(size) && size > 0 && size <= 10_000_000)) return found;
  throw new InvalidArgumentError('It must be whole numbers up to 10,000,000 with commas in between.');
}

async function benchPause(
  surroundings: Surroundings,
  { sizes: wanted, rehearsals }: PauseBenchOptions,
): Promise<number> {
  const { terminal } = surroundings;
  const aws = await startAws(surroundings);
  const outputs = await deployStack(surroundings, aws, {
    sources: wanted.map(sourceOf),
    targets: wanted.map(targetOf),
  });
  const rows = [['items', 'cutovers', 'pause, median', 'p99', 'longest', ...STEPS.map(([step]) => step), '']];
  let harm = false;
  for (const size of wanted) {
    terminal.heading(`${count(size)} items`);
    const { measured, unharmed } = await measure(surroundings, { aws, outputs, size, rehearsals });
    harm ||= !unharmed;
    rows.push([
      count(size),
      count(measured.length),
      ...[0.5, 0.99, 1].map((share) => `${count(quantile(pausesOf(measured), share))} ms`),
      ...STEPS.map((_, step) => `${count(quantile(stepsOf(measured, step), 0.5))} ms`),
      unharmed ? 'nothing lost, resurrected or failed' : 'HARM WAS DONE',
    ]);
  }
  terminal.heading('Write pause');
  for (const line of textTable(rows)) terminal.line(line);
  return harm ? 1 : 0;
}

interface MeasureProps {
  readonly aws: EmbeddedAws;
  readonly outputs: StackOutputs;
  readonly size: number;
  readonly rehearsals: number;
}

async function measure(
  { terminal }: Surroundings,
  { aws, outputs, size, rehearsals }: MeasureProps,
): Promise<{ measured: Measured[]; unharmed: boolean }> {
  const client = new DynamoDBClient(aws.clientConfig);
  const [source, target, name] = [sourceOf(size), targetOf(size), `pause-${size}`];
  const seeded = await itemsOf(size);
  await createTable(client, source);
  await loadItems(client, source, seeded, (written) => terminal.live('fill', `${count(written)} items`));
  const migration = new LocalMigration({ aws, outputs, name, source, target });
  await migration.createRoute();
  const application = startCityApplication({
    client: migration.routedClient(),
    table: source,
    writers: WRITERS,
    ratePerWriter: REQUESTS_PER_WRITER_SECOND,
    seed: size,
    items: seeded,
  });
  await migration.start({
    name,
    resources: [{ source: { table: source }, target: { table: target, create: true } }],
    copy: { workers: 2, unitMegabytes: 8 },
    cutover: { complete: 'automatic', watchSeconds: 5 },
  });
  const watch = new Watch(terminal, migration, application);
  const measured: Measured[] = [];
  for (let rehearsal = 0; rehearsal < rehearsals; rehearsal++) {
    const { rehearsal: before } = await watch.until(({ awaitsApproval }) => awaitsApproval);
    await migration.rehearse(BY);
    const status = await watch.until(
      (now) =>
        now.rehearsal !== undefined && now.rehearsal.attempt !== before?.attempt && now.phase === 'ready',
    );
    const { pauseMilliseconds, failed = '' } = status.rehearsal ?? {};
    if (pauseMilliseconds === undefined) terminal.line(`   a rehearsal was given up: ${failed}`);
    else measured.push({ pause: pauseMilliseconds, steps: stepsOfCutover(status) });
  }
  await watch.until(({ awaitsApproval }) => awaitsApproval);
  await migration.approve(BY);
  const status = await watch.until(() => false);
  measured.push({ pause: status.pauseMilliseconds ?? 0, steps: stepsOfCutover(status) });
  const ledger = await application.stop();
  const { switchedAt } = status.switched ?? {};
  if (switchedAt === undefined) throw new LocalError('the migration has ended without a switch');
  const verdict = await checkCities({ client, source, target, ledger, seeded, switchedAt });
  return { measured, unharmed: passed(verdict) };
}

/** How long each step behind the fence took, by when the one after it began. */
function stepsOfCutover({ phases }: Status): number[] {
  return STEPS.map(([step, next]) => (phases[next]?.enteredAt ?? 0) - (phases[step]?.enteredAt ?? 0));
}

/** Cities, and then the same ones on other planets. */
async function itemsOf(size: number): Promise<Item[]> {
  const cities = await cityItems(size);
  return Array.from({ length: size }, (_, index) => {
    const city = cities[index % cities.length] as Item;
    const planet = Math.floor(index / cities.length);
    return planet === 0
      ? city
      : { ...city, cityId: { N: String(Number(city.cityId?.N) + planet * NEXT_PLANET) } };
  });
}

function sourceOf(size: number): string {
  return `cities-${size}`;
}

function targetOf(size: number): string {
  return `cities-${size}-moved`;
}

const pausesOf = (measured: readonly Measured[]) => measured.map(({ pause }) => pause);
const stepsOf = (measured: readonly Measured[], step: number) =>
  measured.map(({ steps }) => steps[step] ?? 0);

/** The value that a share of all does not exceed. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
