import { once } from 'node:events';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { phaseOrder } from '../../shared/phases.ts';
import { bar } from '../cli/bar.ts';
import { startApplication } from './application.ts';
import { check } from './checker.ts';
import { cityItems } from './cities.ts';
import { createTable, loadItems } from './city-table.ts';
import type { Surroundings } from './command.ts';
import { deployStack, startAws } from './embedded-stack.ts';
import type { Item } from './item-text.ts';
import { lookAround } from './look-around.ts';
import { LocalMigration } from './migration.ts';
import { showVerdict } from './show-verdict.ts';
import { count } from './text-table.ts';
import { thereAndBack } from './there-and-back.ts';
import { Watch } from './watch.ts';

const NAME = 'cities';
const SOURCE = 'cities';
const TARGET = 'cities-moved';
const REQUESTS_PER_WRITER_SECOND = 20;
/** How long the application goes on against the target before the migration completes. */
const AFTER_SWITCH_SECONDS = 10;
const SEED = 2026;

export interface StoryOptions {
  readonly items: number;
  readonly writers: number;
  readonly port?: number;
  readonly yes: boolean;
  readonly rollback: boolean;
  readonly keep: boolean;
}

type StoryProps = StoryOptions & Surroundings;

/** The main job, step by step, on a machine that has nothing but Node and Python. @returns the exit code. */
export async function tellStory(props: StoryProps): Promise<number> {
  const { terminal } = props;

  terminal.heading('Start an AWS on this machine');
  const aws = await startAws(props, props.port);

  terminal.heading('Deploy the stack, as on AWS');
  const outputs = await deployStack(props, aws, { sources: [SOURCE], targets: [TARGET] });

  terminal.heading('Fill a table with the cities of the world');
  const client = new DynamoDBClient(aws.clientConfig);
  const seeded = await fill(props, client);

  terminal.heading('Start an application that uses the table');
  const migration = new LocalMigration({ aws, outputs, name: NAME, source: SOURCE, target: TARGET });
  await migration.createRoute();
  const application = startApplication({
    client: migration.routedClient(),
    table: SOURCE,
    writers: props.writers,
    ratePerWriter: REQUESTS_PER_WRITER_SECOND,
    seed: SEED,
    items: seeded,
  });
  terminal.line(
    `   ${props.writers} writers: puts, updates, deletes, re-creations, counters, claims; through Segue's router`,
  );

  terminal.heading(`Start the migration: ${SOURCE} → ${TARGET}`);
  await migration.start(specOf(props));
  const watch = new Watch(terminal, migration, application);
  await watch.until((status) => status.awaitsApproval || phaseOrder(status.phase) > phaseOrder('ready'));

  terminal.heading('Approve the cutover');
  await approve(props, migration);

  if (props.rollback)
    await thereAndBack({
      ...props,
      client: migration.routedClient(),
      migration,
      application,
      watch,
      table: SOURCE,
      seeded,
    });
  else terminal.heading('Cut over, and let the application go on');
  const status = await watch.until(() => false);
  const ledger = await application.stop();
  terminal.line(
    `   fenced for ${status.pauseMilliseconds} ms; the migration is complete, the application has stopped`,
  );

  terminal.heading('Count, independently of the migrator');
  const { switchedAt } = status.switched ?? {};
  const verdict = await check({
    ...{ client, source: SOURCE, target: TARGET, ledger, seeded },
    ...(switchedAt === undefined ? {} : { switchedAt }),
  });
  const code = await showVerdict(props, { aws, outputs, verdict, status });
  if (props.keep) {
    for (const line of lookAround({ aws, outputs, target: TARGET })) terminal.line(line);
    await props.interrupted;
  }
  return code;
}

async function fill({ terminal, items: wanted }: StoryProps, client: DynamoDBClient): Promise<Item[]> {
  const items = await cityItems(wanted);
  await createTable(client, SOURCE);
  const startedAt = performance.now();
  await loadItems(client, SOURCE, items, (written) =>
    terminal.live('fill', `${bar(written / items.length)}  ${count(written)} items`),
  );
  const perSecond = Math.round((items.length * 1000) / (performance.now() - startedAt));
  terminal.line(`   ${count(items.length)} items in "${SOURCE}", ${count(perSecond)} a second`);
  return items;
}

/** The spec of a user, with what one machine can carry: few workers, units of a size that shows some of them. */
function specOf({ writers, rollback }: StoryProps): object {
  return {
    name: NAME,
    resources: [{ source: { table: SOURCE }, target: { table: TARGET, create: true } }],
    copy: { workers: 2, unitMegabytes: 1 },
    cutover: {
      approval: 'required',
      complete: rollback ? 'required' : 'automatic',
      routers: Math.min(1, writers),
      watchSeconds: AFTER_SWITCH_SECONDS,
    },
  };
}

async function approve({ terminal, yes }: StoryProps, migration: LocalMigration): Promise<void> {
  if (yes || !terminal.interactive || !process.stdin.isTTY) {
    await migration.approve('npm start');
    terminal.line('   every gate holds: approved by itself');
    return;
  }
  terminal.line('   every gate holds, the application goes on. Press Enter to cut over.');
  process.stdin.resume();
  await once(process.stdin, 'data');
  process.stdin.pause();
  await migration.approve('a person at the terminal');
}
