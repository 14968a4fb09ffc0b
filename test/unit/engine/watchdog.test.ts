import { expect, it } from 'vitest';
import { CHANGED, type ChangedFact, Watchdog } from '../../../shared/engine/watchdog.ts';
import { TableSettings } from '../../../shared/resources/tables/table-settings.ts';
import { forTables } from '../../for-tables.ts';
import { description, FakeAccount } from '../resources/tables/fake-account.ts';
import { type Bench, onBench } from './bench.ts';

const MINUTE = 60_000;

const watched = () => {
  const account = new FakeAccount(description('source'), description('target'));
  const policies = new Map<string, string>();
  const read = async (arn: string) => ({ document: policies.get(arn), revision: '1' });
  const watchdog = () => new Watchdog(forTables(new TableSettings(account.asTables)), forTables({ read }));
  return { account, policies, anotherWatchdog: watchdog, watchdog: watchdog() };
};
const look = (bench: Bench, { watchdog }: Pick<ReturnType<typeof watched>, 'watchdog'>) =>
  watchdog.look(bench.migration());
const changes = async (bench: Bench) => {
  const facts = await bench.journal().facts<ChangedFact>(CHANGED);
  return [...facts.values()].map(({ at: _, ...change }) => change);
};

it('notes nothing while nobody changes anything', () =>
  onBench(async (bench) => {
    const set = watched();
    for (let looks = 0; looks < 3; looks++) {
      await look(bench, set);
      await bench.task.runtime.sleep(6 * MINUTE);
    }
    expect(await changes(bench)).toEqual([]);
  }));

it('notes what others change on either side, as it was first and as it is now', () =>
  onBench(async (bench) => {
    const set = watched();
    await look(bench, set);
    const provisioned = (units: number) => ({
      BillingModeSummary: { BillingMode: 'PROVISIONED' as const },
      ProvisionedThroughput: { ReadCapacityUnits: units, WriteCapacityUnits: units },
    });
    set.account.change('target', provisioned(40));
    set.account.change('source', { DeletionProtectionEnabled: true });
    await bench.task.runtime.sleep(6 * MINUTE);
    await look(bench, set);
    set.account.change('target', provisioned(5));
    set.account.expiring.set('source', 'expiresAt');
    await bench.task.runtime.sleep(6 * MINUTE);
    await look(bench, set);
    const throughput = { table: 'target', what: 'throughput', times: 2 };
    expect(await changes(bench)).toEqual([
      { table: 'source', what: 'deletion protection', before: 'off', now: 'on', times: 1 },
      { table: 'source', what: 'time to live', before: 'off', now: 'on (expiresAt)', times: 1 },
      {
        ...throughput,
        before: 'on demand: read no maximum, write no maximum',
        now: 'provisioned: read 5, write 5',
      },
    ]);
  }));

it('knows from the journal what was there before, in another environment too', () =>
  onBench(async (bench) => {
    const { account, anotherWatchdog } = watched();
    await look(bench, { watchdog: anotherWatchdog() });
    account.change('target', { GlobalSecondaryIndexes: [{ IndexName: 'by-name' }] });
    await look(bench, { watchdog: anotherWatchdog() });
    expect(await changes(bench)).toMatchObject([{ what: 'indexes', before: 'none', now: 'by-name' }]);
  }));

it("notes what others change of a resource policy, and not the migration's own statement", () =>
  onBench(async (bench) => {
    const set = watched();
    const arn = description('source').TableArn ?? '';
    const policy = (...ids: string[]) =>
      JSON.stringify({ Version: '2012-10-17', Statement: ids.map((Sid) => ({ Sid, Effect: 'Allow' })) });
    set.policies.set(arn, JSON.stringify(JSON.parse(policy('Theirs')), null, 2));
    await look(bench, set);
    await bench.task.runtime.sleep(6 * MINUTE);
    set.policies.set(arn, policy('Theirs', `Segue${bench.migration().name}Epoch1Revision7`));
    await look(bench, set);
    expect(await changes(bench)).toEqual([]);
    await bench.task.runtime.sleep(6 * MINUTE);
    set.policies.set(arn, policy('Theirs', 'More'));
    await look(bench, set);
    expect(await changes(bench)).toMatchObject([
      { table: 'source', what: 'resource policy', before: expect.stringMatching(/^SHA-256 \w{12}$/) },
    ]);
  }));

it('looks every five minutes, however often it is asked', () =>
  onBench(async (bench) => {
    const set = watched();
    await look(bench, set);
    set.account.change('target', { DeletionProtectionEnabled: true });
    await bench.task.runtime.sleep(4 * MINUTE);
    await look(bench, set);
    expect(await changes(bench)).toEqual([]);
    await bench.task.runtime.sleep(MINUTE);
    await look(bench, set);
    expect(await changes(bench)).toHaveLength(1);
  }));

it('notes time to live at a target before the switch for good, and after it as a change', () =>
  onBench(async (bench) => {
    const set = watched();
    set.account.expiring.set('target', 'expiresAt');
    bench.begin(2);
    await look(bench, set);
    expect(await bench.journal().fact('time-to-live#target')).toBeUndefined();
    bench.begin(1);
    await bench.task.runtime.sleep(6 * MINUTE);
    await look(bench, set);
    expect(await bench.journal().fact('time-to-live#target')).toMatchObject({ attribute: 'expiresAt' });
  }));

it('goes on where the account refuses a look-up, and where a table is gone', () =>
  onBench(async (bench) => {
    const set = watched();
    await look(bench, set);
    set.account.refused.add('timeToLive');
    set.account.tables.delete('source');
    await bench.task.runtime.sleep(6 * MINUTE);
    await look(bench, set);
    set.account.refused.clear();
    set.account.change('target', { DeletionProtectionEnabled: true });
    await bench.task.runtime.sleep(6 * MINUTE);
    await look(bench, set);
    expect(await changes(bench)).toMatchObject([{ table: 'target', what: 'deletion protection' }]);
  }));
