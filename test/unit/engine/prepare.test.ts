import { expect, it, vi } from 'vitest';
import { checkGates } from '../../../shared/engine/gates.ts';
import {
  backUp,
  captureId,
  captureOn,
  mappingStates,
  prepareTargets,
  prepareWayBack,
} from '../../../shared/engine/prepare.ts';
import { PermanentError } from '../../../shared/errors.ts';
import { StreamBindings } from '../../../shared/journal/journal.ts';
import { BucketBackups } from '../../../shared/resources/buckets/bucket-backups.ts';
import { BucketTargets } from '../../../shared/resources/buckets/bucket-targets.ts';
import { TableBackups } from '../../../shared/resources/tables/table-backups.ts';
import { TableTargets } from '../../../shared/resources/tables/table-targets.ts';
import { forTables } from '../../for-tables.ts';
import { description, FakeAccount, streamOf } from '../resources/tables/fake-account.ts';
import { type Bench, onBench, type Setting, WAY_BACK } from './bench.ts';

const SOURCE = { table: 'source' };
const CREATE: Setting = {
  spec: { resources: [{ source: SOURCE, target: { table: 'target', create: true } }] },
};
const BACKUP: Setting = { spec: { backup: true } };

const streams = (bench: Bench) => new StreamBindings(bench.world.client(bench.task), 'journal');
const bindings = (bench: Bench) => forTables(streams(bench));
const capture = (bench: Bench, account: FakeAccount) =>
  captureOn(bench.migration(), { bindings: bindings(bench), captures: account.captures });

const wayBack = (bench: Bench, account: FakeAccount) =>
  prepareWayBack(bench.migration(), { bindings: bindings(bench), captures: account.captures });

const targets = (account: FakeAccount) => forTables(new TableTargets(account.asTables));
const backups = (account: FakeAccount) => forTables(new TableBackups(account.asTables));

/** A migration that has not captured anything yet: its direction was never opened. */
function withoutGate(bench: Bench): void {
  bench.world.table('journal').remove({ pk: { S: 'gate#m' }, sk: { S: 'gate' } });
}

it('creates a target like its source, with its tags, and waits until it is active', () =>
  onBench(async (bench) => {
    const account = new FakeAccount(description('source'));
    account.labels.set('source', [{ Key: 'team', Value: 'x' }]);
    const turn = () => prepareTargets(bench.migration(), targets(account));
    expect(await turn()).toMatchObject({ done: false });
    expect(await turn()).toMatchObject({ done: false });
    account.change('target', { TableStatus: 'ACTIVE' });
    expect(await turn()).toMatchObject({ done: true });
    expect(account.changed).toEqual(['create target tagged team']);
  }, CREATE));

it('creates no target unless it is asked to', () =>
  onBench(async (bench) => {
    const account = new FakeAccount(description('source'), description('target'));
    expect(await prepareTargets(bench.migration(), targets(account))).toMatchObject({ done: true });
    expect(account.changed).toEqual([]);
  }));

it('takes one backup of the source, and waits until it is available', () =>
  onBench(async (bench) => {
    const account = new FakeAccount(description('source'), description('target'));
    const turn = () => backUp(bench.migration(), backups(account));
    expect(await turn()).toMatchObject({ done: false });
    account.backup = 'AVAILABLE';
    expect(await turn()).toMatchObject({ done: true });
    expect(await turn()).toMatchObject({ done: true });
    expect(account.changed).toEqual(['back up source']);
    expect(await bench.journal().fact('backup#source')).toEqual({
      table: 'source',
      arn: 'backup of source',
      status: 'AVAILABLE',
    });
  }, BACKUP));

it('backs up a target whose items are to be replaced', () =>
  onBench(
    async (bench) => {
      const account = new FakeAccount();
      await backUp(bench.migration(), backups(account));
      expect(account.changed).toEqual(['back up source', 'back up target']);
    },
    {
      spec: {
        backup: true,
        resources: [{ source: SOURCE, target: { table: 'target' }, existingItems: 'replace' }],
      },
    },
  ));

it('takes no backup where none is asked for', () =>
  onBench(async (bench) => {
    const account = new FakeAccount();
    expect(await backUp(bench.migration(), backups(account))).toMatchObject({ done: true });
    expect(account.changed).toEqual([]);
  }));

it('enables the stream, then maps it, and leaves the direction open', () =>
  onBench(async (bench) => {
    withoutGate(bench);
    const account = new FakeAccount(description('source'));
    expect(await capture(bench, account)).toMatchObject({ done: false });
    expect(await capture(bench, account)).toMatchObject({ done: true });
    expect(account.changed).toEqual(['enable the stream of source', 'map stream of source to applier']);
    expect(await bench.journal().gate.read()).toMatchObject({ open: true, epoch: 1 });
    expect(await streams(bench).read('stream of source')).toMatchObject({
      migration: 'm',
      resource: 0,
      side: 'source',
    });
    expect((await bench.journal().coordinator.read())?.phase).toBe('copy');
  }));

it('waits until the table is active again before it trusts its stream', () =>
  onBench(async (bench) => {
    const account = new FakeAccount(
      description('source', { ...streamOf('stream'), TableStatus: 'UPDATING' }),
    );
    expect(await capture(bench, account)).toMatchObject({ done: false });
    expect(await streams(bench).read('stream')).toBeUndefined();
    expect(account.changed).toEqual([]);
  }));

it('opens the direction before records can be delivered', () =>
  onBench(async (bench) => {
    withoutGate(bench);
    const account = new FakeAccount(description('source', streamOf('stream')));
    let open = false;
    const { createMapping } = account;
    account.createMapping = async (...args) => {
      ({ open } = await bench.journal().gate.read());
      return createMapping.apply(account, args);
    };
    await capture(bench, account);
    expect(open).toBe(true);
  }));

it('makes the mapping once', () =>
  onBench(async (bench) => {
    const account = new FakeAccount(description('source', streamOf('stream')));
    await capture(bench, account);
    await capture(bench, account);
    expect(account.changed).toEqual(['map stream to applier']);
  }));

it('takes the mapping of an earlier attempt for its own', () =>
  onBench(async (bench) => {
    const account = new FakeAccount(description('source', streamOf('stream')));
    account.readers = [{ id: 'made before', functionArn: 'applier', state: 'Enabled' }];
    await capture(bench, account);
    expect(account.changed).toEqual([]);
    expect(await bench.journal().fact(captureId(0, 'source'))).toMatchObject({ mapping: 'made before' });
  }));

it.each([
  { before: 'on', changes: streamOf('stream'), enabledByUs: false },
  { before: 'off', changes: {}, enabledByUs: true },
])('knows whether it has enabled the stream, which was $before', ({ changes, enabledByUs }) =>
  onBench(async (bench) => {
    const account = new FakeAccount(description('source', changes));
    while (!(await capture(bench, account)).done);
    expect(await bench.journal().fact(captureId(0, 'source'))).toMatchObject({ enabledByUs });
  }),
);

it.each([
  { what: 'replaced', changes: streamOf('another stream') },
  { what: 'disabled', changes: { StreamSpecification: { StreamEnabled: false } } },
])('stops for good when the stream was $what by somebody', ({ changes }) =>
  onBench(async (bench) => {
    const account = new FakeAccount(description('source', streamOf('stream')));
    await capture(bench, account);
    account.change('source', changes);
    await expect(capture(bench, account)).rejects.toThrow(PermanentError);
    expect(account.changed).toEqual(['map stream to applier']);
  }),
);

it('stops for good when the stream was replaced before its capture was noted', () =>
  onBench(async (bench) => {
    const account = new FakeAccount(description('source', streamOf('stream')));
    vi.spyOn(account.asTables, 'createMapping').mockRejectedValueOnce(new Error('no answer'));
    await expect(capture(bench, account)).rejects.toThrow('no answer');
    account.change('source', streamOf('another stream'));
    await expect(capture(bench, account)).rejects.toThrow(PermanentError);
  }));

const OVER = [
  { when: 'the switch is made', end: (bench: Bench) => bench.begin(2) },
  { when: 'the migration is aborted', end: (bench: Bench) => bench.begin(1, { open: false, sealed: true }) },
];

it.each(
  OVER.flatMap((over) => [
    { ...over, what: 'captures', turn: capture },
    { ...over, what: 'prepares', turn: wayBack },
  ]),
)('$what nothing more once $when', ({ end, turn }) =>
  onBench(
    async (bench) => {
      end(bench);
      const account = new FakeAccount(description('source'), description('target'));
      expect(await turn(bench, account)).toMatchObject({ done: true });
      expect(account.changed).toEqual([]);
    },
    { cutover: WAY_BACK },
  ),
);

it('prepares the way back: enables the stream of the target, then maps it', () =>
  onBench(
    async (bench) => {
      const account = new FakeAccount(description('target'));
      expect(await wayBack(bench, account)).toMatchObject({ done: false });
      expect(await wayBack(bench, account)).toMatchObject({ done: true });
      expect(account.changed).toEqual(['enable the stream of target', 'map stream of target to applier']);
      expect(await streams(bench).read('stream of target')).toMatchObject({
        migration: 'm',
        resource: 0,
        side: 'target',
      });
      expect((await bench.journal().coordinator.read())?.phase).toBe('way-back');
    },
    { cutover: WAY_BACK },
  ));

it('prepares no way back where none is asked for', () =>
  onBench(async (bench) => {
    const account = new FakeAccount(description('target'));
    expect(await wayBack(bench, account)).toMatchObject({ done: true });
    expect(account.changed).toEqual([]);
  }));

it('remembers of each side how it was captured', () =>
  onBench(
    async (bench) => {
      const account = new FakeAccount(description('source', streamOf('stream')), description('target'));
      await capture(bench, account);
      while (!(await wayBack(bench, account)).done);
      expect(await bench.journal().fact(captureId(0, 'source'))).toEqual({
        stream: 'stream',
        mapping: 'mapping of stream',
        enabledByUs: false,
      });
      expect(await bench.journal().fact(captureId(0, 'target'))).toEqual({
        stream: 'stream of target',
        mapping: 'mapping of stream of target',
        enabledByUs: true,
      });
    },
    { cutover: WAY_BACK },
  ));

it('tells the state of each mapping, missing ones too', () =>
  onBench(async (bench) => {
    const account = new FakeAccount(description('source', streamOf('stream')));
    const states = () => mappingStates(bench.migration(), account.captures);
    expect(await states()).toEqual(['missing']);
    await capture(bench, account);
    expect(await states()).toEqual(['Enabled']);
    account.states.clear();
    expect(await states()).toEqual(['missing']);
  }));

it('tells the states of the mappings of both sides where there is a way back', () =>
  onBench(
    async (bench) => {
      const account = new FakeAccount(description('source', streamOf('stream')), description('target'));
      await capture(bench, account);
      const states = () => mappingStates(bench.migration(), account.captures);
      expect(await states()).toEqual(['Enabled', 'missing']);
      while (!(await wayBack(bench, account)).done);
      expect(await states()).toEqual(['Enabled', 'Enabled']);
    },
    { cutover: WAY_BACK },
  ));

it('does not read from a stream without images that somebody has enabled since the validation', () =>
  onBench(async (bench) => {
    withoutGate(bench);
    const account = new FakeAccount(description('source', streamOf('stream', 'KEYS_ONLY')));
    await expect(capture(bench, account)).rejects.toThrow(/view type KEYS_ONLY/);
    expect(account.changed).toEqual([]);
  }));

it('takes no backup of buckets, which have none, and says so at the gate', () =>
  onBench(
    async (bench) => {
      const account = new FakeAccount();
      account.backup = 'AVAILABLE';
      const kinds = { table: new TableBackups(account.asTables), bucket: new BucketBackups() };
      expect(await backUp(bench.migration(), kinds)).toMatchObject({ done: true });
      expect(await backUp(bench.migration(), kinds)).toMatchObject({ done: true });
      expect(account.changed).toEqual(['back up source']);
      const gates = await checkGates({
        migration: bench.migration(),
        round: { complete: true, records: 0, keys: 0, repaired: 0, lagSeconds: 0, milliseconds: 0 },
        mappings: [],
        targets: [],
        uploads: [],
        passive: { atTip: true },
      });
      expect(gates.find(({ name }) => name === 'backup')).toMatchObject({
        holds: true,
        detail: '1 of 1 backups available; S3 has no backup of a moment: none of s3://photos/',
      });
    },
    {
      spec: {
        backup: true,
        resources: [
          { source: SOURCE, target: { table: 'target' } },
          { source: { bucket: 'photos' }, target: { bucket: 'photos-v2' } },
        ],
      },
    },
  ));

it('creates no bucket: it must be there', () =>
  onBench(
    async (bench) => {
      const kinds = { table: new TableTargets(new FakeAccount().asTables), bucket: new BucketTargets() };
      expect(await prepareTargets(bench.migration(), kinds)).toMatchObject({ done: true });
    },
    { spec: { resources: [{ source: { bucket: 'photos' }, target: { bucket: 'photos-v2' } }] } },
  ));
