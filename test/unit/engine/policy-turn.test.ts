import { DeleteResourcePolicyCommand, PutResourcePolicyCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Side } from '../../../shared/direction.ts';
import { policyTurn } from '../../../shared/engine/policy-turn.ts';
import { LeaseLostError } from '../../../shared/errors.ts';
import type { PolicyState } from '../../../shared/journal/policies.ts';
import { BucketPolicies } from '../../../shared/resources/buckets/bucket-policies.ts';
import { TablePolicies } from '../../../shared/resources/tables/table-policies.ts';
import { denies } from '../../simulation/world/policy.ts';
import { type Bench, onBench, type Setting } from './bench.ts';

const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`;
const [MIGRATOR, ROUTER] = [role('migrator'), role('router')];
const FENCE = { policy: 'deny', settleSeconds: 60 } as const;
const NAMED: Setting = { cutover: { fence: { ...FENCE, routerRoles: [ROUTER] } } };
const LATE: Setting = { cutover: { fence: FENCE } };
const SPACED = JSON.stringify(
  { Version: '2012-10-17', Statement: { Sid: 'Readers', Effect: 'Allow', Action: 'dynamodb:GetItem' } },
  undefined,
  5,
);
const MORE = JSON.stringify({ Statement: [{ Sid: 'More', Effect: 'Allow', Action: 'dynamodb:Query' }] });

const PLACE = { partition: 'aws', region: 'us-east-1', account: '000000000000' };

interface TurnOptions {
  readonly term?: number;
  readonly policies?: TablePolicies;
  readonly roles?: readonly string[];
}

function turn(bench: Bench, { term = 1, policies, roles = [MIGRATOR] }: TurnOptions = {}) {
  return policyTurn({
    migration: bench.migration({ term }),
    policies: {
      table: policies ?? new TablePolicies(bench.world.client(bench.task)),
      bucket: new BucketPolicies(bench.world.s3Client(bench.task)),
    },
    migratorRoles: roles,
    place: PLACE,
  });
}

/** Turns until it is done, with the waits that it asks for. */
async function settle(bench: Bench, options: TurnOptions = {}): Promise<void> {
  for (let turns = 0; turns < 30; turns++) {
    const { done, waitSeconds } = await turn(bench, options);
    if (done) return;
    await bench.task.runtime.sleep(waitSeconds * 1_000);
  }
  throw new Error('it was never done');
}

const documentOf = (bench: Bench, side: Side) => bench[side].policies.at(-1)?.document;
const denied = (bench: Bench, side: Side, who: string) => {
  const document = documentOf(bench, side);
  return document !== undefined && denies(document, who, 'dynamodb:PutItem');
};
const state = async (bench: Bench, side: Side): Promise<PolicyState | undefined> =>
  (await bench.journal().policies.read({ resource: 0, side })).state;
const minutes = (bench: Bench, count: number) => bench.task.runtime.sleep(count * 60_000);

/** Somebody else's policy, put or removed. */
async function others(bench: Bench, side: Side, Policy: string | undefined): Promise<void> {
  const ResourceArn = bench[side].arn;
  const client = bench.world.client(bench.task, { role: role('owner') });
  if (Policy === undefined) await client.send(new DeleteResourcePolicyCommand({ ResourceArn }));
  else await client.send(new PutResourcePolicyCommand({ ResourceArn, Policy }));
  await minutes(bench, 1);
}

const approve = (bench: Bench) => bench.journal().coordinator.approve({ by: 'Ada', at: bench.now });
async function end(bench: Bench): Promise<void> {
  await minutes(bench, 2);
  await bench.journal().coordinator.enter(1, 'sweep', bench.now);
  await settle(bench);
}

it('touches nothing where the spec asks for no fence', () =>
  onBench(async (bench) => {
    expect(await turn(bench)).toEqual({ done: true, waitSeconds: 0 });
    expect(bench.source.policies).toEqual([]);
    expect(await state(bench, 'source')).toBeUndefined();
  }));

describe('before the switch', () => {
  it('denies writes of the source to all but the routers and the migrator where the spec names them', () =>
    onBench(async (bench) => {
      await settle(bench);
      expect(denied(bench, 'source', role('stranger'))).toBe(true);
      expect(denied(bench, 'source', ROUTER)).toBe(false);
      expect(denied(bench, 'source', MIGRATOR)).toBe(false);
      expect(documentOf(bench, 'target')).toBeUndefined();
    }, NAMED));

  it('denies nobody where it does not', () =>
    onBench(async (bench) => {
      await settle(bench);
      expect(bench.source.policies).toEqual([]);
    }, LATE));

  it('says in the id of its statement whose it is: migration, direction and revision of the route', () =>
    onBench(async (bench) => {
      await settle(bench);
      const { revision } = await bench.route();
      expect(documentOf(bench, 'source')).toContain(`"Sid":"SeguemEpoch1Revision${revision}"`);
    }, NAMED));

  it('changes nothing any more once it is as wanted', () =>
    onBench(async (bench) => {
      await settle(bench);
      await minutes(bench, 1);
      const { since = 0 } = (await state(bench, 'source')) ?? {};
      await settle(bench);
      expect(bench.source.policies).toHaveLength(1);
      const later = await state(bench, 'source');
      expect(later?.since).toBe(since);
      expect(later?.seenAt).toBeGreaterThan(since + 60_000);
    }, NAMED));

  it('follows the roles of a new deployment', () =>
    onBench(async (bench) => {
      await settle(bench);
      await minutes(bench, 1);
      await settle(bench, { roles: [role('another')] });
      expect(denied(bench, 'source', MIGRATOR)).toBe(true);
      expect(denied(bench, 'source', role('another'))).toBe(false);
    }, NAMED));
});

describe('after the switch', () => {
  it.each([
    { name: 'with named roles', setting: NAMED, active: true },
    { name: 'without', setting: LATE, active: false },
  ])('denies everybody but the migrator on the side that was left, $name', ({ setting, active }) =>
    onBench(async (bench) => {
      await settle(bench);
      await minutes(bench, 1);
      bench.begin(2);
      await settle(bench);
      expect(denied(bench, 'source', ROUTER)).toBe(true);
      expect(denied(bench, 'source', MIGRATOR)).toBe(false);
      expect(denied(bench, 'target', role('stranger'))).toBe(active);
      expect(denied(bench, 'target', ROUTER)).toBe(false);
    }, setting),
  );

  it('lets the routers back when a person asks for it', () =>
    onBench(async (bench) => {
      bench.begin(2, { open: true });
      await settle(bench);
      await minutes(bench, 1);
      await bench.journal().coordinator.approve({ by: 'Ada', at: bench.now });
      await settle(bench);
      expect(denied(bench, 'source', ROUTER)).toBe(false);
      await bench.journal().coordinator.withdrawApproval();
      await minutes(bench, 1);
      await settle(bench);
      expect(denied(bench, 'source', ROUTER)).toBe(true);
    }, LATE));
});

describe('at the end', () => {
  it('removes the policy where there was none', () =>
    onBench(async (bench) => {
      await settle(bench);
      await end(bench);
      expect(documentOf(bench, 'source')).toBeUndefined();
      expect(bench.source.policies).toHaveLength(2);
    }, NAMED));

  it('leaves the policy as it was, to the letter', () =>
    onBench(async (bench) => {
      await others(bench, 'source', SPACED);
      await settle(bench);
      expect(JSON.parse(documentOf(bench, 'source') ?? '').Statement).toHaveLength(2);
      await end(bench);
      expect(documentOf(bench, 'source')).toBe(SPACED);
    }, NAMED));

  it('keeps what others have changed meanwhile, and notes it for the report', () =>
    onBench(async (bench) => {
      await settle(bench);
      await minutes(bench, 2);
      const ours = JSON.parse(documentOf(bench, 'source') ?? '').Statement;
      const theirs = JSON.parse(MORE).Statement;
      await others(bench, 'source', JSON.stringify({ Id: 'x', Statement: [...theirs, ...ours] }));
      await end(bench);
      expect(JSON.parse(documentOf(bench, 'source') ?? '')).toEqual({ Id: 'x', Statement: theirs });
      expect((await state(bench, 'source'))?.history).toMatchObject([
        { difference: [`added: ${JSON.stringify(theirs[0])}`] },
      ]);
    }, NAMED));

  it('leaves a policy to the letter that others have put in place of it', () =>
    onBench(async (bench) => {
      await settle(bench);
      await minutes(bench, 2);
      await others(bench, 'source', SPACED);
      await end(bench);
      expect(documentOf(bench, 'source')).toBe(SPACED);
    }, NAMED));

  it('has nothing to do where no policy was touched', () =>
    onBench(async (bench) => {
      await bench.journal().coordinator.enter(1, 'complete', bench.now);
      expect(await turn(bench)).toMatchObject({ done: true });
      expect(bench.source.policies).toEqual([]);
    }, NAMED));
});

describe('a change of somebody else', () => {
  it('is told in words, and nothing is put over it before a person accepts it', () =>
    onBench(async (bench) => {
      await settle(bench);
      await minutes(bench, 2);
      await others(bench, 'source', MORE);
      await settle(bench);
      expect(documentOf(bench, 'source')).toBe(MORE);
      const { changed, denied: mode } = (await state(bench, 'source')) ?? {};
      expect(mode).toBe('nobody');
      expect(changed?.difference).toEqual([
        expect.stringMatching(/^removed: .*Segue/),
        expect.stringMatching(/^added: .*More/),
      ]);
      await bench.task.runtime.sleep(1_000);
      await approve(bench);
      await settle(bench);
      expect(denied(bench, 'source', role('stranger'))).toBe(true);
      expect(documentOf(bench, 'source')).toContain('"More"');
      const { at, difference } = changed ?? {};
      expect(await state(bench, 'source')).toMatchObject({ denied: 'others', history: [{ at, difference }] });
    }, NAMED));

  it('is forgotten when it is undone', () =>
    onBench(async (bench) => {
      await settle(bench);
      await minutes(bench, 2);
      const ours = documentOf(bench, 'source');
      await others(bench, 'source', MORE);
      await settle(bench);
      await others(bench, 'source', ours);
      await settle(bench);
      expect(await state(bench, 'source')).not.toHaveProperty('changed');
      expect(await state(bench, 'source')).toMatchObject({ denied: 'others', history: [] });
    }, NAMED));

  it('within the Deny itself is undone as soon as somebody accepts it', () =>
    onBench(async (bench) => {
      await settle(bench);
      await minutes(bench, 2);
      const edited = documentOf(bench, 'source')?.replace('"dynamodb:PutItem",', '');
      await others(bench, 'source', edited);
      await settle(bench);
      expect(await state(bench, 'source')).toHaveProperty('changed');
      await bench.task.runtime.sleep(1_000);
      await approve(bench);
      await settle(bench);
      expect(denied(bench, 'source', role('stranger'))).toBe(true);
    }, NAMED));

  it('before the migration has put anything is none', () =>
    onBench(async (bench) => {
      bench.begin(2, { open: true });
      await others(bench, 'source', tooLarge());
      await settle(bench);
      await others(bench, 'source', SPACED);
      await settle(bench);
      expect(await state(bench, 'source')).not.toHaveProperty('changed');
      expect(denied(bench, 'source', ROUTER)).toBe(true);
    }, LATE));

  it('that comes between the look and the put is not overwritten', () =>
    onBench(async (bench) => {
      class Slow extends TablePolicies {
        override async write(...args: Parameters<TablePolicies['write']>) {
          if (bench.source.policies.length === 0) await others(bench, 'source', MORE);
          return super.write(...args);
        }
      }
      const policies = new Slow(bench.world.client(bench.task));
      expect(await turn(bench, { policies })).toMatchObject({ done: false });
      expect(documentOf(bench, 'source')).toBe(MORE);
    }, NAMED));
});

const tooLarge = () =>
  JSON.stringify({
    Statement: [{ Sid: 'Long', Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: 'x'.repeat(20_200) }],
  });

describe('what can not be put', () => {
  it('because the policy would be too large holds the cutover up, with its size', () =>
    onBench(async (bench) => {
      await others(bench, 'source', tooLarge());
      expect(await turn(bench)).toMatchObject({ done: true });
      expect((await state(bench, 'source'))?.problem).toMatch(/would have 2\d{4} bytes .* at most 20480/);
      expect(bench.source.policies).toHaveLength(1);
    }, NAMED));

  it('because the id is that of somebody else is left alone', () =>
    onBench(async (bench) => {
      await others(bench, 'source', MORE.replace('More', 'SeguemEpoch3Revision1'));
      await settle(bench);
      expect((await state(bench, 'source'))?.problem).toContain('SeguemEpoch3Revision1');
      expect(bench.source.policies).toHaveLength(1);
    }, NAMED));

  it('because it can not even be read is told, and the policy that was there is found later', () =>
    onBench(async (bench) => {
      class Refused extends TablePolicies {
        override async read(): Promise<never> {
          throw Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
        }
      }
      await others(bench, 'source', SPACED);
      await settle(bench, { policies: new Refused(bench.world.client(bench.task)) });
      expect((await state(bench, 'source'))?.problem).toContain('not authorized');
      await settle(bench);
      await end(bench);
      expect(documentOf(bench, 'source')).toBe(SPACED);
    }, NAMED));

  it('because the account refuses it is told, and tried again at the next look', () =>
    onBench(async (bench) => {
      class Refused extends TablePolicies {
        override write(): never {
          throw Object.assign(new Error('explicit deny in a service control policy'), {
            name: 'AccessDeniedException',
          });
        }
      }
      await settle(bench, { policies: new Refused(bench.world.client(bench.task)) });
      expect((await state(bench, 'source'))?.problem).toContain('service control policy');
      await minutes(bench, 1);
      await settle(bench);
      expect(await state(bench, 'source')).toMatchObject({ denied: 'others' });
      expect(await state(bench, 'source')).not.toHaveProperty('problem');
    }, NAMED));
});

it('takes the policy of a table that is gone for none, so that the migration can end', () =>
  onBench(async (bench) => {
    await settle(bench);
    await minutes(bench, 2);
    class Gone extends TablePolicies {
      override read(): ReturnType<TablePolicies['read']> {
        const client = bench.world.client(bench.task);
        return new TablePolicies(client).read('arn:aws:dynamodb:eu-central-1:123456789012:table/gone');
      }
    }
    await bench.journal().coordinator.enter(1, 'sweep', bench.now);
    await settle(bench, { policies: new Gone(bench.world.client(bench.task)) });
    expect(await state(bench, 'source')).toMatchObject({ denied: 'nobody' });
  }, NAMED));

describe('an answer that is lost', () => {
  class Lossy extends TablePolicies {
    override async write(...args: Parameters<TablePolicies['write']>): Promise<never> {
      await super.write(...args);
      throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
    }
  }

  it('of a put is found by the next turn, which puts nothing again', () =>
    onBench(async (bench) => {
      const policies = new Lossy(bench.world.client(bench.task));
      await expect(turn(bench, { policies })).rejects.toThrow('socket hang up');
      await minutes(bench, 1);
      await settle(bench);
      expect(bench.source.policies).toHaveLength(1);
      expect(await state(bench, 'source')).toMatchObject({ denied: 'others', history: [] });
      expect(await state(bench, 'source')).not.toHaveProperty('sent');
    }, NAMED));

  it('of a put that nobody wants any more is removed', () =>
    onBench(async (bench) => {
      const policies = new Lossy(bench.world.client(bench.task));
      await expect(turn(bench, { policies })).rejects.toThrow();
      await end(bench);
      expect(documentOf(bench, 'source')).toBeUndefined();
    }, NAMED));
});

describe('an invocation', () => {
  it('waits for another one that may still change the policy', () =>
    onBench(async (bench) => {
      const { policies } = bench.journal();
      const owner = { resource: 0, side: 'source' } as const;
      await policies.take(owner, { holder: 'zombie', now: bench.now, expiresAt: bench.now + 30_000 });
      expect(await turn(bench)).toEqual({ done: false, waitSeconds: 5 });
      expect(bench.source.policies).toEqual([]);
      await bench.task.runtime.sleep(31_000);
      await settle(bench);
      expect(denied(bench, 'source', role('stranger'))).toBe(true);
    }, NAMED));

  it('holds the policy until what it has sent has taken effect', () =>
    onBench(async (bench) => {
      await turn(bench);
      const read = async () =>
        (await bench.journal().policies.read({ resource: 0, side: 'source' })).busyUntil;
      expect(await read()).toBeGreaterThan(bench.now + 5_000);
      await minutes(bench, 1);
      await settle(bench);
      expect(await read()).toBe(0);
    }, NAMED));

  it('of an earlier coordinator changes nothing', () =>
    onBench(async (bench) => {
      await bench.journal().coordinator.take('execution 2', 'execution 1');
      await expect(turn(bench)).rejects.toThrow(LeaseLostError);
      expect(bench.source.policies).toEqual([]);
      await settle(bench, { term: 2 });
      expect(denied(bench, 'source', role('stranger'))).toBe(true);
    }, NAMED));

  it('that still sees a direction that is over changes nothing: it would deny the side that is active now', () =>
    onBench(async (bench) => {
      bench.begin(3, { open: true });
      const migration = bench.migration({}, { epoch: 2 });
      const policies = {
        table: new TablePolicies(bench.world.client(bench.task)),
        bucket: new BucketPolicies(bench.world.s3Client(bench.task)),
      };
      await policyTurn({ migration, policies, migratorRoles: [MIGRATOR], place: PLACE });
      expect(bench.source.policies).toEqual([]);
      expect(bench.target.policies).toEqual([]);
    }, LATE));

  it('that has lost the policy to another one sends nothing', () =>
    onBench(async (bench) => {
      class Overtaken extends TablePolicies {
        override async read(arn: string) {
          const seen = await super.read(arn);
          const now = bench.now + 10 * 60_000;
          const owner = { resource: 0, side: 'source' } as const;
          await bench.journal().policies.take(owner, { holder: 'successor', now, expiresAt: now + 60_000 });
          return seen;
        }
      }
      const policies = new Overtaken(bench.world.client(bench.task));
      await expect(turn(bench, { policies })).rejects.toThrow(LeaseLostError);
      expect(bench.source.policies).toEqual([]);
    }, NAMED));
});

it('does not take a read of what stood there moments ago for a change', () =>
  onBench(async (bench) => {
    await settle(bench);
    await bench.task.runtime.sleep(20_000);
    class Stale extends TablePolicies {
      override async read() {
        return { document: undefined, revision: 'NO_POLICY' };
      }
    }
    const policies = new Stale(bench.world.client(bench.task));
    expect(await turn(bench, { policies })).toMatchObject({ done: false });
    expect(await state(bench, 'source')).toMatchObject({ denied: 'others', history: [] });
    expect(await state(bench, 'source')).not.toHaveProperty('changed');
  }, NAMED));
