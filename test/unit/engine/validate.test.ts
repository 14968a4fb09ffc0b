import { expect, it } from 'vitest';
import { type Validated, validate } from '../../../shared/engine/validate.ts';
import { Journal } from '../../../shared/journal/journal.ts';
import { TableProblems } from '../../../shared/resources/tables/table-problems.ts';
import { type Route, RouteTable } from '../../../shared/route.ts';
import { dynamoDBStore } from '../../../shared/stores/dynamodb.ts';
import { reservedAttribute } from '../../../shared/version.ts';
import { forTables } from '../../for-tables.ts';
import { APPLIER, description, FakeAccount, streamOf } from '../resources/tables/fake-account.ts';
import { type Bench, onBench } from './bench.ts';
import { item } from './cells.ts';

const NAME = 'cities';
const SMOKE_TEST = 'arn:aws:lambda:us-east-1:000000000000:function:looks';
const KEYS = [{ name: 'id', type: 'S' }] as const;

interface Ask {
  readonly look?: FakeAccount;
  readonly execution?: string;
  readonly input?: object;
  readonly resource?: object;
  readonly resourcePolicies?: boolean;
}

const account = () => new FakeAccount(description('source'), description('target'));

function ask(bench: Bench, props: Ask = {}): Promise<Validated> {
  const {
    look = account(),
    execution = 'first',
    input = {},
    resource = {},
    resourcePolicies = false,
  } = props;
  const { runtime } = bench.task;
  const client = bench.world.client(bench.task);
  return validate({
    input: {
      name: NAME,
      resources: [{ source: { table: 'source' }, target: { table: 'target' }, ...resource }],
      ...input,
    },
    execution,
    resourcePolicies,
    region: 'us-east-1',
    look: look.asAccount,
    problems: forTables(
      new TableProblems({
        account: '000000000000',
        region: 'us-east-1',
        allowed: { sources: ['source'], targets: ['target'] },
        look: look.asTables,
        applier: APPLIER,
        storeOf: (table, keyNames, reserved) => dynamoDBStore({ client, runtime, table, keyNames, reserved }),
      }),
    ),
    alarmFires: async (name) => (name === 'quiet' ? false : undefined),
    smokeTests: [SMOKE_TEST],
    runtime,
    journalOf: (name) => new Journal(client, 'journal', name, runtime),
    routeOf: (name) => new RouteTable(client, 'route', name, runtime),
  });
}

const journal = (bench: Bench) =>
  new Journal(bench.world.client(bench.task), 'journal', NAME, bench.task.runtime);
const route = (bench: Bench) =>
  new RouteTable(bench.world.client(bench.task), 'route', NAME, bench.task.runtime);
const createRoute = (
  bench: Bench,
  source = 'source',
  keys: typeof KEYS | [{ name: string; type: 'N' }] = KEYS,
) => route(bench).create([{ source, target: 'target', keys }], reservedAttribute(NAME));

const problems = (validated: Validated) =>
  validated.kind === 'refused' ? validated.problems.map(({ at, problem }) => `${at}: ${problem}`) : [];

it('accepts a migration with nothing against it, registers it and gives its execution the first term', () =>
  onBench(async (bench) => {
    await createRoute(bench);
    expect(await ask(bench)).toEqual({
      kind: 'accepted',
      name: NAME,
      term: 1,
      dryRun: false,
      notes: [],
    });
    expect(await journal(bench).identity()).toMatchObject({ schema: 1, spec: { name: NAME } });
    expect(await journal(bench).coordinator.read()).toMatchObject({ execution: 'first', phase: 'validate' });
  }));

it('lists every problem of spec, account and route at once, and writes nothing', () =>
  onBench(
    async (bench) => {
      const look = new FakeAccount(
        description('elsewhere', streamOf('arn', 'KEYS_ONLY')),
        description('target', { KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' }] }),
      );
      look.concurrency = 5;
      look.expiring.set('target', 'expiresAt');
      bench.world.createTable({ name: 'elsewhere', partitionKey: { name: 'id', type: 'S' } });
      const journalBefore = bench.world.table('journal').items().length;
      const routeBefore = bench.world.table('route').items();
      const found = await ask(bench, {
        look,
        resource: { source: { table: 'elsewhere', region: 'eu-west-1' } },
      });
      expect(problems(found)).toEqual([
        'copy.workers: more workers than Lambda may run at one time in this account',
        'resources[0].source.table: the stack may not touch this source',
        'resources[0].source.region: tables of other Regions are not supported yet',
        "resources[0].source.table: the table's stream has the wrong view type",
        "resources[0].target.table: the target's keys are not the source's",
        'resources[0].target.table: time to live is enabled on the target',
        'resources[0].target.table: the target is not empty',
        'name: the route of this migration is missing',
      ]);
      expect(found.kind === 'refused' && found.message).toContain('8 problems');
      expect(bench.world.table('journal').items()).toHaveLength(journalBefore);
      expect(bench.world.table('route').items()).toEqual(routeBefore);
      expect(look.changed).toEqual([]);
    },
    { target: [item('a', 'x')] },
  ));

it('refuses a second fence where the stack has no function for it, and takes it where it has', () =>
  onBench(async (bench) => {
    await createRoute(bench);
    const input = { cutover: { fence: { policy: 'deny' } } };
    expect(problems(await ask(bench, { input }))).toEqual([
      'cutover.fence: the stack was deployed without the function that may change resource policies',
    ]);
    expect(await ask(bench, { input, resourcePolicies: true })).toMatchObject({ kind: 'accepted' });
  }));

it('lists every problem of a spec that does not parse', () =>
  onBench(async (bench) => {
    expect(problems(await ask(bench, { input: { extra: 1, name: '-' } }))).toHaveLength(2);
  }));

interface Case {
  readonly problem: string;
  readonly look?: (look: FakeAccount) => void;
  readonly prepare?: (bench: Bench) => Promise<unknown>;
  readonly resource?: object;
}

const REFUSED: readonly Case[] = [
  {
    problem: 'resources[0].source.table: there is no such table',
    look: ({ tables }) => tables.delete('source'),
  },
  {
    problem: 'resources[0].target.table: there is no such table',
    look: ({ tables }) => tables.delete('target'),
  },
  {
    problem: 'resources[0].source.table: the table is not active',
    look: (look) => look.change('source', { TableStatus: 'DELETING' }),
  },
  {
    problem: 'resources[0].source.table: global tables are not supported',
    look: (look) => look.change('source', { Replicas: [{ RegionName: 'eu-west-1' }] }),
  },
  {
    problem: "resources[0].source.table: the table's stream has a reader already",
    look: (look) => {
      look.change('source', streamOf('arn'));
      look.readers = [{ id: 'm', functionArn: 'somebody', state: 'Enabled' }];
    },
  },
  {
    problem: 'resources[0].target.table: time to live is enabled on the target',
    look: ({ expiring }) => expiring.set('target', 'expiresAt'),
  },
  {
    problem:
      "resources[0].target.table: the target's stream has a consumer: it would take every copied item for a new one",
    look: (look) => {
      look.change('target', streamOf('arn'));
      look.readers = [
        { id: 'm', functionArn: 'somebody', state: 'Enabled' },
        { id: 'own', functionArn: 'applier', state: 'Enabled' },
        { id: 'off', functionArn: 'somebody else', state: 'Disabled' },
      ];
    },
  },
  {
    problem:
      "resources[0].target.table: the target's changes go to a Kinesis data stream, whose readers would take every copied item for a new one",
    look: ({ kinesis }) => kinesis.set('target', ['arn:of:kinesis']),
  },
  {
    problem: 'resources[0].source.table: items carry the reserved attribute already',
    prepare: async (bench) =>
      bench.source.load([{ ...item('a', 'x'), [reservedAttribute(NAME)]: { S: 'mine' } }]),
  },
  {
    problem: 'resources[0].target.table: the target is not empty',
    prepare: async (bench) => bench.target.load([item('a', 'x')]),
  },
  {
    problem: 'resources[0].source.account: tables of other accounts are not supported yet',
    resource: { source: { table: 'source', account: '111111111111' } },
  },
  {
    problem: 'resources[0].target.role: roles are not supported yet',
    resource: { target: { table: 'target', role: 'arn:aws:iam::000000000000:role/x' } },
  },
];

it.each(REFUSED)('refuses with the one problem: $problem', ({ problem, look, prepare, resource = {} }) =>
  onBench(async (bench) => {
    await createRoute(bench);
    await prepare?.(bench);
    const fake = account();
    look?.(fake);
    expect(problems(await ask(bench, { look: fake, resource }))).toEqual([problem]);
  }),
);

it('takes a target that is not empty where its items are to be replaced', () =>
  onBench(
    async (bench) => {
      await createRoute(bench);
      expect(await ask(bench, { resource: { existingItems: 'replace' } })).toMatchObject({
        kind: 'accepted',
      });
    },
    { target: [item('a', 'x')] },
  ));

it('takes a missing target that is to be created', () =>
  onBench(async (bench) => {
    await createRoute(bench);
    const look = new FakeAccount(description('source'));
    const resource = { target: { table: 'target', create: true } };
    expect(await ask(bench, { look, resource })).toMatchObject({ kind: 'accepted' });
  }));

it('refuses a route of other tables or other keys', () =>
  onBench(async (bench) => {
    await createRoute(bench, 'another');
    expect(problems(await ask(bench))).toEqual(['resources: the route names other resources']);
    await route(bench).retire((await route(bench).read()) as Route);
    await createRoute(bench, 'source', [{ name: 'id', type: 'N' }]);
    expect(problems(await ask(bench))).toEqual(['resources[0].source.table: the route names other keys']);
  }));

it('says of each look-up that the account refuses that it was not checked, and goes on', () =>
  onBench(async (bench) => {
    await createRoute(bench);
    const look = account();
    look.refused.add('unreservedConcurrency').add('timeToLive');
    const found = await ask(bench, { look });
    expect(found.kind === 'accepted' && found.notes).toEqual([
      expect.stringMatching(/^not checked: the concurrency of Lambda: .*refused/),
      expect.stringMatching(/^not checked: time to live of target: .*refused/),
    ]);
  }));

it('says what to run against time to live and consumers on the target', () =>
  onBench(async (bench) => {
    await createRoute(bench);
    const look = account();
    look.change('target', streamOf('arn'));
    look.expiring.set('target', 'expiresAt');
    look.readers = [{ id: 'm', functionArn: 'somebody', state: 'Creating' }];
    look.kinesis.set('target', ['arn:of:kinesis']);
    const found = await ask(bench, { look });
    const changes =
      found.kind === 'refused' ? found.problems.map(({ value, change }) => [value, change]) : [];
    expect(changes).toEqual([
      [
        'expiresAt',
        expect.stringContaining(
          "update-time-to-live --table-name target --time-to-live-specification 'Enabled=false,AttributeName=expiresAt'",
        ),
      ],
      ['somebody', expect.stringContaining('aws lambda delete-event-source-mapping --uuid m')],
      [
        'arn:of:kinesis',
        expect.stringContaining(
          'disable-kinesis-streaming-destination --table-name target --stream-arn arn:of:kinesis',
        ),
      ],
    ]);
  }));

it("notes what can't be seen of the target's stream, and a consumer that is disabled", () =>
  onBench(async (bench) => {
    await createRoute(bench);
    const look = account();
    look.change('target', streamOf('arn'));
    look.readers = [
      { id: 'own', functionArn: 'applier', state: 'Enabled' },
      { id: 'm', functionArn: 'somebody', state: 'Disabled' },
    ];
    const found = await ask(bench, { look });
    expect(found.kind === 'accepted' && found.notes).toEqual([
      expect.stringMatching(/^a consumer of the stream of target is disabled \(somebody\): .*--uuid m/),
      expect.stringMatching(/^the stream of target is on: readers of it other than Lambda functions/),
    ]);
  }));

it("asks neither for time to live nor for the target's consumers of a migration that is known", () =>
  onBench(async (bench) => {
    await createRoute(bench);
    await ask(bench);
    const look = account();
    look.change('target', streamOf('arn'));
    look.expiring.set('target', 'expiresAt');
    look.readers = [{ id: 'm', functionArn: 'somebody', state: 'Enabled' }];
    look.kinesis.set('target', ['arn:of:kinesis']);
    const found = await ask(bench, { look, execution: 'second' });
    expect(found).toMatchObject({ kind: 'accepted', notes: [] });
  }));

it('a dry run touches nothing', () =>
  onBench(async (bench) => {
    await createRoute(bench);
    expect(await ask(bench, { input: { dryRun: true } })).toMatchObject({ kind: 'accepted', term: 0 });
    expect(await journal(bench).identity()).toBeUndefined();
    expect(await journal(bench).coordinator.read()).toBeUndefined();
  }));

it('resumes a migration with the same spec, with the next term, when its execution has ended', () =>
  onBench(async (bench) => {
    await createRoute(bench);
    await ask(bench);
    bench.target.load([item('copied', 'x')]);
    expect(await ask(bench, { execution: 'second' })).toMatchObject({ kind: 'accepted', term: 2 });
  }));

it('gives an execution that asks again the term that it has', () =>
  onBench(async (bench) => {
    await createRoute(bench);
    await ask(bench);
    const look = account();
    look.running.add('first');
    expect(await ask(bench, { look })).toMatchObject({ kind: 'accepted', term: 1 });
  }));

it('refuses a second execution while the first one runs', () =>
  onBench(async (bench) => {
    await createRoute(bench);
    await ask(bench);
    const look = account();
    look.running.add('first');
    const found = await ask(bench, { look, execution: 'second' });
    expect(problems(found)).toEqual(['name: the migration is running already']);
    expect(await journal(bench).coordinator.read()).toMatchObject({ execution: 'first', term: 1 });
  }));

it('refuses a name that is in use with another spec, and shows the difference', () =>
  onBench(async (bench) => {
    await createRoute(bench);
    await ask(bench, { input: { copy: { workers: 5 } } });
    const found = await ask(bench, { input: { copy: { workers: 7 } } });
    expect(problems(found)).toEqual(['name: the name is in use for a migration with another spec']);
    expect(found.kind === 'refused' && found.problems[0]?.value).toContain('copy.workers: 5 before, 7 now');
  }));

it.each([
  {
    way: 'where it is to be carried back',
    wayBack: true,
    expected: ["resources[0].target.table: the table's stream has the wrong view type"],
  },
  { way: 'and takes it where nothing is', wayBack: false, expected: [] },
])("refuses a target's stream without images $way", ({ wayBack, expected }) =>
  onBench(async (bench) => {
    await createRoute(bench);
    const look = account();
    look.change('target', streamOf('arn', 'KEYS_ONLY'));
    expect(problems(await ask(bench, { look, input: { cutover: { wayBack } } }))).toEqual(expected);
  }),
);

it.each([
  ['quiet', []],
  ['deleted', ['copy.pauseOnAlarm: there is no such alarm']],
] as const)('looks whether the alarm that pauses copying is there: %s', (pauseOnAlarm, expected) =>
  onBench(async (bench) => {
    await createRoute(bench);
    const found = await ask(bench, { input: { copy: { pauseOnAlarm } } });
    expect(found.kind === 'refused' ? problems(found) : []).toEqual(expected);
  }),
);

it('undoes the half cutover of the execution that it takes over from', () =>
  onBench(async (bench) => {
    await createRoute(bench);
    await ask(bench);
    const seen = await route(bench).read();
    const announced = await route(bench).announce(seen as never, bench.now);
    await route(bench).fence(announced, bench.now + 10_000);
    await ask(bench, { execution: 'second' });
    expect((await route(bench).read())?.state).toBe('source');
  }));

it('undoes the half rollback of the execution that it takes over from', () =>
  onBench(async (bench) => {
    await createRoute(bench);
    await ask(bench);
    const { gate } = journal(bench);
    await gate.create();
    const table = route(bench);
    const fenced = async () => {
      const announced = await table.announce((await table.read()) as Route, bench.now);
      return table.fence(announced, bench.now + 10_000);
    };
    const next = { open: true, sealed: false, since: 0, floor: 0 };
    await table.switch(await fenced(), gate.next(await gate.move(false, 1), next));
    await fenced();
    await ask(bench, { execution: 'second' });
    expect((await table.read())?.state).toBe('target');
  }));

const smokeTested = (arn: string) => ({ input: { cutover: { smokeTest: { arn } } } });

it('accepts a smoke test that the stack may call', () =>
  onBench(async (bench) => {
    await createRoute(bench);
    expect(await ask(bench, smokeTested(SMOKE_TEST))).toMatchObject({ kind: 'accepted' });
  }));

it.each([
  ['arn:aws:lambda:us-east-1:000000000000:function:another', ['the stack may not call this smoke test']],
  // A grant on a function is none on its versions and aliases.
  [`${SMOKE_TEST}:live`, ['the stack may not call this smoke test']],
  [
    'arn:aws:lambda:eu-west-1:000000000000:function:looks',
    ['the stack may not call this smoke test', 'the smoke test is in another Region'],
  ],
])('refuses a smoke test that it could not call: %s', (arn, found) =>
  onBench(async (bench) => {
    await createRoute(bench);
    const validated = await ask(bench, smokeTested(arn));
    expect(problems(validated)).toEqual(found.map((problem) => `cutover.smokeTest.arn: ${problem}`));
    const first = { value: arn, allowed: SMOKE_TEST, change: expect.stringContaining('smokeTests') };
    expect(validated.kind === 'refused' && validated.problems[0]).toMatchObject(first);
    expect(await journal(bench).identity()).toBeUndefined();
  }),
);
