import { once } from 'node:events';
import { phaseOrder } from '../../shared/phases.ts';
import { CitySubject } from './cities/city-subject.ts';
import type { Surroundings } from './command.ts';
import type { EmbeddedAws } from './embedded-aws.ts';
import { deployStack, startAws } from './embedded-stack.ts';
import { lookAround } from './look-around.ts';
import { LocalMigration } from './migration.ts';
import { PictureSubject } from './pictures/picture-subject.ts';
import { showVerdict } from './show-verdict.ts';
import type { Subject } from './subject.ts';
import { thereAndBack } from './there-and-back.ts';
import type { NamedVerdict } from './verdict-table.ts';
import { Watch } from './watch.ts';

const NAME = 'cities';
const TABLES = { source: 'cities', target: 'cities-moved' };
const PICTURES = {
  source: { bucket: 'pictures', prefix: 'emoji/' },
  target: { bucket: 'pictures-moved', prefix: 'emoji/' },
};
/** How long the application goes on against the target before the migration completes. */
const AFTER_SWITCH_SECONDS = 10;
/** Requests a second of each writer of the table; fewer beside a bucket, which takes its share of one machine. */
const RATE_PER_WRITER = { alone: 20, withBucket: 10 };
const SEED = 2026;

export interface StoryOptions {
  readonly items: number;
  readonly writers: number;
  /** A bucket moves with the table. */
  readonly s3: boolean;
  readonly pictures: number;
  readonly port?: number;
  readonly yes: boolean;
  readonly rollback: boolean;
  readonly keep: boolean;
}

type StoryProps = StoryOptions & Surroundings;

/** The main job, step by step, on a machine that has nothing but Node and Python. @returns the exit code. */
export async function tellStory(props: StoryProps): Promise<number> {
  const { terminal, s3 } = props;

  terminal.heading('Start an AWS on this machine');
  const aws = await startAws(props, props.port);
  const subjects = subjectsOf(props, aws);

  terminal.heading('Deploy the stack, as on AWS');
  const outputs = await deployStack(props, aws, {
    ...{ sources: [TABLES.source], targets: [TABLES.target] },
    ...(s3 ? { sourceBuckets: [PICTURES.source.bucket], targetBuckets: [PICTURES.target.bucket] } : {}),
  });

  terminal.heading(
    s3
      ? 'Fill a table with the cities of the world, and a bucket'
      : 'Fill a table with the cities of the world',
  );
  for (const subject of subjects) await subject.fill(terminal);

  terminal.heading(`Start an application that uses ${s3 ? 'them' : 'the table'}, through Segue's router`);
  const migration = new LocalMigration({
    ...{ aws, outputs, name: NAME, ...TABLES, buckets: s3 ? [PICTURES] : [] },
  });
  await migration.createRoute();
  const started = subjects.map((subject) => subject.start(migration));
  for (const { habits } of started) terminal.line(`   ${habits}`);

  terminal.heading(`Start the migration: ${subjects.map(({ title }) => title).join(', ')}`);
  await migration.start(specOf(props, subjects));
  const watch = new Watch(terminal, migration, ...started.map(({ application }) => application));
  await watch.until((status) => status.awaitsApproval || phaseOrder(status.phase) > phaseOrder('ready'));

  terminal.heading('Approve the cutover');
  await approve(props, migration);

  if (props.rollback) await thereAndBack({ terminal, migration, watch, subjects: started });
  else terminal.heading('Cut over, and let the application go on');
  const status = await watch.until(() => false);
  for (const { application } of started) await application.stop();
  terminal.line(
    `   fenced for ${status.pauseMilliseconds} ms; the migration is complete, the application has stopped`,
  );

  terminal.heading('Count, independently of the migrator');
  const verdicts: NamedVerdict[] = [];
  for (const { name, countBoth } of started)
    verdicts.push({ name, verdict: await countBoth(status.switched?.switchedAt) });
  const code = await showVerdict(props, { aws, outputs, verdicts, status });
  if (props.keep) {
    const target = TABLES.target;
    for (const line of lookAround({ aws, outputs, target, ...(s3 ? { objects: PICTURES.target } : {}) }))
      terminal.line(line);
    await props.interrupted;
  }
  return code;
}

function subjectsOf({ items, writers, pictures, s3 }: StoryProps, aws: EmbeddedAws): Subject[] {
  return [
    new CitySubject({
      ...{ aws, ...TABLES, items, writers, seed: SEED },
      ratePerWriter: s3 ? RATE_PER_WRITER.withBucket : RATE_PER_WRITER.alone,
    }),
    ...(s3 ? [new PictureSubject({ aws, ...PICTURES, pictures, seed: SEED })] : []),
  ];
}

/** The spec of a user, with what one machine can carry: few workers, units of a size that shows some of them. */
function specOf({ writers, rollback }: StoryProps, subjects: readonly Subject[]): object {
  return {
    name: NAME,
    resources: subjects.map(({ resource }) => resource),
    copy: { workers: 2, unitMegabytes: 1 },
    cutover: {
      approval: 'required',
      complete: rollback ? 'required' : 'automatic',
      routers: Math.min(1, writers),
      watchSeconds: AFTER_SWITCH_SECONDS,
    },
  };
}

async function approve({ s3, terminal, yes }: StoryProps, migration: LocalMigration): Promise<void> {
  // Everything is compared once more where a store's events can't be relied on, once nobody is waited for.
  const gates = s3 ? 'every other gate holds, and the last comparison follows' : 'every gate holds';
  if (yes || !terminal.interactive || !process.stdin.isTTY) {
    await migration.approve('npm start');
    terminal.line(`   ${gates}: approved by itself`);
    return;
  }
  terminal.line(`   ${gates}; the application goes on. Press Enter to cut over.`);
  process.stdin.resume();
  await once(process.stdin, 'data');
  process.stdin.pause();
  await migration.approve('a person at the terminal');
}
