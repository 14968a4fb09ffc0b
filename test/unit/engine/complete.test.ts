import { expect, it } from 'vitest';
import { completeMigration } from '../../../shared/engine/complete.ts';
import { captureId } from '../../../shared/engine/prepare.ts';
import { type Bench, onBench } from './bench.ts';
import { description, FakeAccount, streamOf } from './fake-account.ts';

async function captured(bench: Bench, enabledByUs: boolean) {
  const account = new FakeAccount(description('source', streamOf('stream')));
  account.states.set('mapping', 'Enabled');
  await bench.journal().noteFact(captureId(0), { stream: 'stream', mapping: 'mapping', enabledByUs });
  return account;
}

const complete = (bench: Bench, account: FakeAccount) =>
  completeMigration(bench.migration(), account.asAccount);

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

it('leaves the route, which points at the target until it is retired', () =>
  onBench(async (bench) => {
    const before = await bench.route();
    await complete(bench, new FakeAccount());
    expect(await bench.route()).toEqual(before);
  }));
