import type { PutObjectCommand, PutObjectCommandInput } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { type WriteReportProps, writeReport } from '../../../shared/engine/report.ts';
import { Journal } from '../../../shared/journal/journal.ts';
import type { MigrationReport } from '../../../shared/report/report.ts';
import { RouteTable } from '../../../shared/route.ts';
import { specIdentity } from '../../../shared/spec.ts';
import type { FailureFact } from '../../../shared/status.ts';
import { World } from '../../simulation/world/world.ts';
import { plan, spec } from './builders.ts';

const NAME = spec().name;
const FAILURE = { error: 'PermanentError', cause: 'the source table cities is gone' };

interface Desk {
  readonly journal: Journal;
  readonly write: (
    props: Partial<Pick<WriteReportProps, 'name' | 'term' | 'spec' | 'plan' | 'failure'>>,
  ) => ReturnType<typeof writeReport>;
  readonly objects: Map<string, PutObjectCommandInput>;
  readonly twin: (location?: string) => MigrationReport;
}

describe('writing a report', () => {
  it('puts page and twin twice: the newest, and a dated copy that stays', async () => {
    await atDesk(async ({ journal, write, objects, twin }) => {
      const term = await begin(journal);
      await write({ term });
      const locations = await write({ term });
      expect(locations).toEqual({
        html: `s3://reports/${NAME}/report.html`,
        json: `s3://reports/${NAME}/report.json`,
      });
      const dated = [...objects.keys()].filter((key) => /\/\d{8}T\d{6}\.\d{3}Z\/report\.html$/.test(key));
      expect(dated).toHaveLength(2);
      expect(objects.get(`${NAME}/report.html`)).toMatchObject({
        Bucket: 'reports',
        ContentType: 'text/html; charset=utf-8',
      });
      expect(objects.get(`${NAME}/report.json`)).toMatchObject({ ContentType: 'application/json' });
      expect(twin()).toMatchObject({ schema: 2, name: NAME, specSha256: specIdentity(spec()) });
    });
  });

  it('tells what the journal and the route know', async () => {
    await atDesk(async ({ journal, write, twin }) => {
      const term = await begin(journal);
      await journal.noteFact('plan', plan());
      await journal.lists.add('repaired', [{ resource: 0, key: { id: { S: 'a' } }, version: '0' }]);
      await write({ term });
      expect(twin()).toMatchObject({
        outcome: { kind: 'in-progress' },
        resources: [{ kind: 'table', source: 'cities', target: 'cities-v2' }],
        route: { state: 'source', revision: 1 },
        keys: { repaired: { total: 1, listed: [{ resource: 'cities-v2', key: { id: { S: 'a' } } }] } },
      });
    });
  });

  it('says that a migration is completed once its last phase is over', async () => {
    await atDesk(async ({ journal, write, twin }) => {
      const term = await begin(journal);
      await journal.noteFact('failure', { at: 1, ...FAILURE } satisfies FailureFact);
      await journal.coordinator.enter(term, 'complete', 1_000);
      await journal.coordinator.leave(term, 'complete', 2_000);
      await write({ term });
      expect(twin().outcome).toMatchObject({ kind: 'completed', attention: false });
      expect(twin().earlierFailure).toMatchObject({ error: 'PermanentError' });
    });
  });
});

describe('reporting a failure', () => {
  it('notes it in the journal', async () => {
    await atDesk(async ({ journal, write, twin }) => {
      const term = await begin(journal);
      await write({ term, failure: FAILURE });
      expect(twin().outcome).toMatchObject({ kind: 'failed', title: 'Stopped in Validate' });
      expect(await journal.fact<FailureFact>('failure')).toMatchObject(FAILURE);
    });
  });

  it('leaves the migration alone when another execution has taken it over', async () => {
    await atDesk(async ({ journal, write, objects, twin }) => {
      const term = await begin(journal);
      await begin(journal, 'arn:other', 'arn:execution');
      const { json } = await write({ term, failure: FAILURE });
      expect(await journal.fact('failure')).toBeUndefined();
      expect(objects.has(`${NAME}/report.json`)).toBe(false);
      expect(twin(json).outcome.kind).toBe('superseded');
    });
  });

  it('of a refused input touches neither the journal nor the report of the migration with its name', async () => {
    await atDesk(async ({ journal, write, objects, twin }) => {
      await begin(journal);
      const { json } = await write({ spec: spec({ backup: false }), failure: FAILURE });
      expect(await journal.fact('failure')).toBeUndefined();
      expect(objects.has(`${NAME}/report.json`)).toBe(false);
      expect(twin(json).outcome.title).toBe('Refused: nothing was touched');
    });
  });

  it('works for an input that is no spec', async () => {
    await atDesk(async ({ write, twin }) => {
      const { json } = await write({ spec: { nonsense: '<script>' }, failure: FAILURE });
      expect(json).toBe('s3://reports/_unnamed/report.json');
      expect(twin(json)).toMatchObject({ spec: { nonsense: '<script>' }, outcome: { kind: 'refused' } });
    });
  });
});

describe('reporting a dry run', () => {
  it('needs spec and plan alone', async () => {
    await atDesk(async ({ journal, write, twin }) => {
      await write({ name: NAME, term: 0, spec: spec({ dryRun: true }), plan: plan() });
      expect(twin().outcome.title).toBe('Dry run: nothing was touched');
      expect(twin().estimate).toMatchObject({ units: 8, dollars: { least: 0.0911 } });
      expect(await journal.identity()).toBeUndefined();
    });
  });

  it('works without a plan, when planning has failed', async () => {
    await atDesk(async ({ write, twin }) => {
      await write({ name: NAME, term: 0, spec: spec({ dryRun: true }), plan: {}, failure: FAILURE });
      expect(twin().outcome).toMatchObject({ kind: 'dry-run', attention: true });
    });
  });

  it('does not take the place of the report of a migration that is under way', async () => {
    await atDesk(async ({ journal, write, objects }) => {
      await begin(journal);
      const { html } = await write({ spec: spec({ dryRun: true }), plan: plan() });
      expect(html).toMatch(/\/\d{8}T\d{6}\.\d{3}Z\/report\.html$/);
      expect(objects.has(`${NAME}/report.html`)).toBe(false);
    });
  });
});

/** Registers the migration and makes an execution its coordinator. @returns its term. */
async function begin(journal: Journal, execution = 'arn:execution', predecessor?: string): Promise<number> {
  await journal.register({ identity: specIdentity(spec()), spec: spec(), createdAt: 500 });
  return (await journal.coordinator.take(execution, predecessor))?.term ?? 0;
}

/** A journal, a route and a bucket in memory. */
async function atDesk(work: (desk: Desk) => Promise<void>): Promise<void> {
  const world = new World({ seed: 1 });
  const text = (name: string) => ({ name, type: 'S' }) as const;
  world.createTable({ name: 'journal', partitionKey: text('pk'), sortKey: text('sk') });
  world.createTable({ name: 'route', partitionKey: text('name'), sortKey: text('sk') });
  const objects: Desk['objects'] = new Map();
  await world.run(async (task) => {
    const { runtime } = task;
    const client = world.client(task);
    const journalOf = (name: string) => new Journal(client, 'journal', name, runtime);
    const routeOf = (name: string) => new RouteTable(client, 'route', name, runtime);
    await routeOf(NAME).create([], '_segue');
    const s3 = {
      send: async ({ input }: PutObjectCommand) => {
        objects.set(input.Key ?? '', input);
      },
    } as unknown as WriteReportProps['s3'];
    await work({
      journal: journalOf(NAME),
      objects,
      write: async (props) => {
        await runtime.sleep(1);
        return writeReport({ spec: spec(), s3, bucket: 'reports', journalOf, routeOf, runtime, ...props });
      },
      twin: (location = `s3://reports/${NAME}/report.json`) =>
        JSON.parse(String(objects.get(location.replace('s3://reports/', ''))?.Body)),
    });
  });
}
