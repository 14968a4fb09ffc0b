import { expect, it } from 'vitest';
import { completeMigration } from '../../../shared/engine/complete.ts';
import { captureId } from '../../../shared/engine/prepare.ts';
import { forTables } from '../../for-tables.ts';
import { description, FakeAccount, streamOf } from '../resources/tables/fake-account.ts';
import { type Bench, onBench } from './bench.ts';
import { cutOver } from './cutovers.ts';

async function captured(bench: Bench, enabledByUs: boolean) {
  const account = new FakeAccount(description('source', streamOf('stream')));
  account.states.set('mapping', 'Enabled');
  await bench
    .journal()
    .noteFact(captureId(0, 'source'), { stream: 'stream', mapping: 'mapping', enabledByUs });
  return account;
}

const complete = (bench: Bench, account: FakeAccount) =>
  completeMigration(bench.migration(), {
    bindings: forTables({ bind: async () => undefined }),
    captures: account.captures,
    uploads: {},
  });

it('removes the mapping, waits until it is gone, then disables the stream that it has enabled', () =>
  onBench(async (bench) => {
    const account = await captured(bench, true);
    expect(await complete(bench, account)).toMatchObject({ done: false });
    expect(await complete(bench, account)).toMatchObject({ done: false });
    expect(account.changed).toEqual(['delete mapping']);
    account.states.delete('mapping');
    expect(await complete(bench, account)).toMatchObject({ done: false });
    expect(await complete(bench, account)).toMatchObject({ done: true });
    expect(account.changed).toEqual(['delete mapping', 'disable the stream of source']);
    expect((await bench.journal().coordinator.phaseTimes()).complete?.endedAt).toBeDefined();
  }));

it('removes what was captured of either side', () =>
  onBench(async (bench) => {
    const account = await captured(bench, true);
    account.change('target', streamOf('way back'));
    account.states.set('back', 'Enabled');
    await bench
      .journal()
      .noteFact(captureId(0, 'target'), { stream: 'way back', mapping: 'back', enabledByUs: true });
    await complete(bench, account);
    expect(account.changed).toEqual(['delete mapping', 'delete back']);
    for (const id of ['mapping', 'back']) account.states.delete(id);
    while (!(await complete(bench, account)).done);
    expect(account.changed.slice(2)).toEqual([
      'disable the stream of source',
      'disable the stream of target',
    ]);
  }));

it.each(['mapping', 'back'])('waits for both sides: one is not enough, as when %s is gone first', (first) =>
  onBench(async (bench) => {
    const account = await captured(bench, false);
    account.states.set('back', 'Enabled');
    await bench
      .journal()
      .noteFact(captureId(0, 'target'), { stream: 'way back', mapping: 'back', enabledByUs: false });
    account.states.delete(first);
    expect(await complete(bench, account)).toMatchObject({ done: false });
    account.states.clear();
    expect(await complete(bench, account)).toMatchObject({ done: true });
  }),
);

it('removes what was captured by halves, before it could be noted', () =>
  onBench(async (bench) => {
    const account = new FakeAccount(description('source', streamOf('stream')));
    await bench.journal().noteFact(`${captureId(0, 'source')}-enabled-by-us`, {});
    await bench.journal().noteFact(`${captureId(0, 'source')}-stream`, { stream: 'stream' });
    const { id } = await account.createMapping('stream', 'applier');
    const other = await account.createMapping('another stream', 'applier');
    expect(await complete(bench, account)).toMatchObject({ done: false });
    account.states.delete(id);
    while (!(await complete(bench, account)).done);
    expect(account.changed.slice(2)).toEqual([`delete ${id}`, 'disable the stream of source']);
    expect(account.states.has(other.id)).toBe(true);
  }));

it('disables a stream that was enabled, and not seen to be on', () =>
  onBench(async (bench) => {
    const account = new FakeAccount(description('source', streamOf('stream')));
    await bench.journal().noteFact(`${captureId(0, 'source')}-enabled-by-us`, {});
    expect(await complete(bench, account)).toMatchObject({ done: false });
    expect(account.changed).toEqual(['disable the stream of source']);
  }));

it('leaves the mappings of others to the same stream', () =>
  onBench(async (bench) => {
    const account = await captured(bench, false);
    account.states.delete('mapping');
    account.readers = [{ id: 'of theirs', functionArn: 'theirs', state: 'Enabled' }];
    account.states.set('of theirs', 'Enabled');
    expect(await complete(bench, account)).toMatchObject({ done: true });
    expect(account.changed).toEqual([]);
  }));

it('leaves a stream on that was on before', () =>
  onBench(async (bench) => {
    const account = await captured(bench, false);
    account.states.delete('mapping');
    expect(await complete(bench, account)).toMatchObject({ done: true });
    expect(account.changed).toEqual([]);
  }));

it('leaves a stream on that somebody else has enabled since', () =>
  onBench(async (bench) => {
    const account = await captured(bench, true);
    account.states.delete('mapping');
    account.change('source', streamOf('another stream'));
    expect(await complete(bench, account)).toMatchObject({ done: true });
    expect(account.changed).toEqual([]);
  }));

it('has nothing to remove where nothing was captured', () =>
  onBench(async (bench) => {
    const account = new FakeAccount();
    expect(await complete(bench, account)).toMatchObject({ done: true });
    expect(account.changed).toEqual([]);
  }));

it('leaves the route, which says that the migration is over, until it is retired', () =>
  onBench(async (bench) => {
    await cutOver(bench);
    await complete(bench, new FakeAccount());
    expect(await bench.route()).toMatchObject({ state: 'target', active: 'target', final: true });
  }));

it('writes the route once, however often it is asked', () =>
  onBench(async (bench) => {
    await complete(bench, new FakeAccount());
    const { revision } = await bench.route();
    await complete(bench, new FakeAccount());
    expect((await bench.route()).revision).toBe(revision);
  }));

it('says that it is over only when everything that was captured is removed', () =>
  onBench(async (bench) => {
    const account = await captured(bench, false);
    await complete(bench, account);
    expect(await bench.route()).not.toHaveProperty('final');
    account.states.delete('mapping');
    await complete(bench, account);
    expect(await bench.route()).toMatchObject({ final: true });
  }));

it('does not mind that the route is retired already', () =>
  onBench(async (bench) => {
    await bench.migration().route.retire(await bench.route());
    expect(await complete(bench, new FakeAccount())).toMatchObject({ done: true });
  }));
