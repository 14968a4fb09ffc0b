import {
  CreateTableCommand,
  type CreateTableCommandInput,
  EnableKinesisStreamingDestinationCommand,
  PutItemCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cityKey, KEY_SCHEMA, KEY_TYPES } from '../../infra/local/cities/cities.ts';
import { createTable } from '../../infra/local/cities/city-table.ts';
import type { Item } from '../../infra/local/cities/item-text.ts';
import { dynamodb, lambda } from './aws.ts';
import { captureOf, enableStream, NOT_CAPTURED } from './capture.ts';
import { Execution } from './execution.ts';
import { journalOf } from './left-behind.ts';
import { TestMigration } from './migration.ts';
import { itemsOf } from './table-content.ts';
import { type TablePair, tablePair } from './tables.ts';

/** What a refused execution says is wrong: `where: what`, for each problem. Each says what to change, too. */
async function problemsOf(input: unknown): Promise<string[]> {
  const { status, error, cause } = await (await Execution.start(input)).ended(30);
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'Refused' });
  return problemsIn(cause);
}

function problemsIn(cause = ''): string[] {
  const problems = cause.split('\n').flatMap((line) => /^\d+\. (.+)$/.exec(line)?.[1] ?? []);
  expect(cause.match(/^ {3}change: {2}\S/gm)).toHaveLength(problems.length);
  return problems;
}

describe('an input that is no spec', () => {
  it.each([
    ['a text', 'cities', ['(the whole input): wrong type']],
    ['a list', [], ['(the whole input): wrong type']],
    ['an empty object', {}, ['name: missing', 'resources: missing']],
    [
      'a spec with many mistakes',
      { name: 'no spaces, please', resources: [], dryrun: true, copy: { workers: 0, speed: 'fast' } },
      [
        'name: malformed',
        'resources: too small',
        'copy.workers: too small',
        'copy.speed: unknown key',
        'dryrun: unknown key',
      ],
    ],
    [
      'a table that is named twice',
      {
        name: 'twice',
        resources: [{ source: { table: 'cities' }, target: { table: 'cities' } }],
      },
      ['resources[0].target.table: the table is named twice'],
    ],
  ])('is refused with every problem: %s', async (_, input, problems) => {
    expect(await problemsOf(input)).toEqual(problems);
  });
});

describe('a spec that does not fit the account', () => {
  const name = 'refused';
  const [missing, keys, content, reader, consumer] = (
    ['refused-missing', 'refused-keys', 'refused-content', 'refused-reader', 'refused-consumer'] as const
  ).map(tablePair) as [TablePair, TablePair, TablePair, TablePair, TablePair];
  const mappings: (string | undefined)[] = [];

  beforeAll(async () => {
    for (const pair of [keys, content, reader, consumer]) await createTable(dynamodb, pair.source);
    for (const pair of [content, consumer]) await createTable(dynamodb, pair.target);

    await createTableOf(keys.target, { KeySchema: [KEY_SCHEMA[0]], AttributeDefinitions: [KEY_TYPES[0]] });
    await dynamodb.send(
      new UpdateTimeToLiveCommand({
        TableName: keys.target,
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      }),
    );

    await enableStream(content.source, 'KEYS_ONLY');
    await putItem(content.source, { [`_segue:${name}`]: { S: 'left by somebody' } });
    await putItem(content.target, {});

    for (const [table, enabled] of [
      [reader.source, false],
      [consumer.target, true],
    ] as const)
      mappings.push(await mapToAnyFunction(await enableStream(table, 'NEW_AND_OLD_IMAGES'), enabled));
    await dynamodb.send(
      new EnableKinesisStreamingDestinationCommand({
        TableName: consumer.target,
        StreamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/cities',
      }),
    );
  });

  afterAll(async () => {
    for (const UUID of mappings) await lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
  });

  it('is refused with every problem at once, and nothing is touched', async () => {
    const elsewhere = { source: 'not-granted-source', target: 'not-granted-target' };
    const spec = {
      name,
      resources: [missing, keys, content, reader, consumer, elsewhere].map(({ source, target }) => ({
        source: { table: source },
        target: { table: target },
      })),
      copy: { workers: 1_000 },
    };

    expect(await problemsOf(spec)).toEqual([
      'copy.workers: more workers than Lambda may run at one time in this account',
      'resources[0].source.table: there is no such table',
      'resources[0].target.table: there is no such table',
      "resources[1].target.table: the target's keys are not the source's",
      'resources[1].target.table: time to live is enabled on the target',
      "resources[2].source.table: the table's stream has the wrong view type",
      'resources[2].source.table: items carry the reserved attribute already',
      'resources[2].target.table: the target is not empty',
      "resources[3].source.table: the table's stream has a reader already",
      'resources[3].target.table: there is no such table',
      "resources[4].target.table: the target's stream has a consumer: it would take every copied item for a new one",
      "resources[4].target.table: the target's changes go to a Kinesis data stream, whose readers would take every copied item for a new one",
      'resources[5].source.table: the stack may not touch this source',
      'resources[5].target.table: the stack may not touch this target',
      'name: the route of this migration is missing',
    ]);

    expect(await journalOf(name)).toEqual([]);
    expect(await captureOf(keys.source)).toEqual(NOT_CAPTURED);
    expect(await itemsOf(content.source)).toHaveLength(1);
    expect(await itemsOf(content.target)).toHaveLength(1);
  });

  it('is refused when its route is that of other tables, or not at the source', async () => {
    const pair = tablePair('refused-route');
    await createTable(dynamodb, pair.source);
    const migration = new TestMigration('refused-route', pair);
    await migration.routeTable.create(
      [{ source: pair.source, target: 'another', keys: [{ name: 'id', type: 'S' }] }],
      'reserved',
    );
    const route = await migration.routeTable.announce(await migration.route(), 0);

    expect(await problemsOf(migration.spec())).toEqual([
      'name: the route does not point at the source',
      'resources: the route names other resources',
      'resources[0].source.table: the route names other keys',
    ]);
    expect(await migration.route()).toEqual(route);
    expect(await journalOf(migration.name)).toEqual([]);
  });
});

describe('a name that is in use', () => {
  it('is refused for another spec, with the difference, and while the migration runs', async () => {
    const pair = tablePair('refused-known');
    const migration = new TestMigration('refused-known', pair);
    await createTable(dynamodb, pair.source);
    await migration.createRoute();
    const first = await Execution.start(migration.spec());
    await migration.reaches('has a coordinator', first, ({ term }) => term === 1);

    const second = await Execution.start(migration.spec({ copy: { workers: 1 } }));
    const { cause } = await second.ended(30);

    expect(problemsIn(cause)).toEqual([
      'name: the name is in use for a migration with another spec',
      'name: the migration is running already',
    ]);
    expect(cause).toContain('copy.workers: 2 before, 1 now');
    expect(cause).toContain(first.arn);
    expect((await migration.status()).term).toBe(1);
    expect(await first.ending()).toBeUndefined();
    await first.stop();
  });
});

async function createTableOf(
  table: string,
  keys: Pick<CreateTableCommandInput, 'KeySchema' | 'AttributeDefinitions'>,
): Promise<void> {
  await dynamodb.send(new CreateTableCommand({ TableName: table, BillingMode: 'PAY_PER_REQUEST', ...keys }));
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 30, minDelay: 1 }, { TableName: table });
}

async function putItem(table: string, attributes: Item): Promise<void> {
  await dynamodb.send(
    new PutItemCommand({ TableName: table, Item: { ...cityKey(1, 'city'), ...attributes } }),
  );
}

/** Maps a stream to a function that is not Segue's reader of streams. @returns the mapping's id. */
async function mapToAnyFunction(stream: string, enabled: boolean): Promise<string | undefined> {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const some = Functions.find(({ FunctionName }) => !FunctionName?.endsWith('-apply'));
  const { UUID } = await lambda.send(
    new CreateEventSourceMappingCommand({
      EventSourceArn: stream,
      FunctionName: some?.FunctionArn,
      StartingPosition: 'LATEST',
      Enabled: enabled,
    }),
  );
  return UUID;
}
