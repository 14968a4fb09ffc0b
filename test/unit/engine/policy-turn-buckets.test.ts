import { describe, expect, it } from 'vitest';
import { policyOwners } from '../../../shared/engine/fence-policy.ts';
import { policyTurn } from '../../../shared/engine/policy-turn.ts';
import { BucketPolicies } from '../../../shared/resources/buckets/bucket-policies.ts';
import { TablePolicies } from '../../../shared/resources/tables/table-policies.ts';
import { denies } from '../../simulation/world/policy.ts';
import { FakeBuckets } from '../resources/buckets/fake-buckets.ts';
import { plannedBucket } from '../resources/buckets/planned.ts';
import { type Bench, onBench, type Setting } from './bench.ts';

const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`;
const [MIGRATOR, ROUTER] = [role('migrator'), role('router')];
const NAMED: Setting = {
  cutover: { fence: { policy: 'deny', settleSeconds: 60, routerRoles: [ROUTER] } },
};
const PLACE = { partition: 'aws', region: 'us-east-1', account: '000000000000' };
const ARN = 'arn:aws:s3:::photos';
const THEIRS = JSON.stringify(
  {
    Version: '2012-10-17',
    Statement: { Sid: 'Readers', Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: [ARN] },
  },
  undefined,
  4,
);

/** Two folders of one bucket that move to two folders of another one. */
const RESOURCES = ['a', 'b'].map((name) =>
  plannedBucket({
    source: `s3://photos/${name}/`,
    target: `s3://photos-v2/${name}/`,
    locations: {
      source: { bucket: 'photos', prefix: `${name}/` },
      target: { bucket: 'photos-v2', prefix: `${name}/` },
    },
  }),
);

function fenced(bench: Bench, policy?: string) {
  const buckets = new FakeBuckets({
    photos: policy === undefined ? {} : { GetBucketPolicy: { Policy: policy } },
    'photos-v2': {},
  });
  const migration = () => ({ ...bench.migration(), plan: { ...bench.plan, resources: RESOURCES } });
  const turn = () =>
    policyTurn({
      migration: migration(),
      policies: {
        table: new TablePolicies(bench.world.client(bench.task)),
        bucket: new BucketPolicies(buckets.client),
      },
      migratorRoles: [MIGRATOR],
      place: PLACE,
    });
  return {
    buckets,
    migration,
    turn,
    /** Turns until it is done, with the waits that it asks for. */
    settle: async () => {
      for (let turns = 0; turns < 30; turns++) {
        const { done, waitSeconds } = await turn();
        if (done) return;
        await bench.task.runtime.sleep(waitSeconds * 1_000);
      }
      throw new Error('it was never done');
    },
    document: (): string | undefined =>
      (buckets.buckets.get('photos')?.GetBucketPolicy as { Policy: string } | undefined)?.Policy,
    state: async () => (await bench.journal().policies.read({ resource: 0, side: 'source' })).state,
  };
}

const minutes = (bench: Bench, count: number) => bench.task.runtime.sleep(count * 60_000);
const denied = (document: string | undefined, who: string, key: string) =>
  document !== undefined && denies(document, who, 's3:PutObject', `${ARN}/${key}`);

describe('the fence of buckets', () => {
  it('is one statement for all that is moved from a bucket, and nothing else', () =>
    onBench(async (bench) => {
      const { migration, settle, document, buckets } = fenced(bench);
      expect(policyOwners(migration()).map(({ names }) => names)).toEqual([
        ['s3://photos/a/', 's3://photos/b/'],
        ['s3://photos-v2/a/', 's3://photos-v2/b/'],
      ]);
      await settle();
      for (const key of ['a/1', 'b/1']) {
        expect(denied(document(), role('stranger'), key)).toBe(true);
        for (const who of [ROUTER, MIGRATOR]) expect(denied(document(), who, key)).toBe(false);
      }
      expect(denied(document(), role('stranger'), 'c/1')).toBe(false);
      expect(JSON.parse(document() ?? '').Statement).toHaveLength(1);
      expect(buckets.buckets.get('photos-v2')?.GetBucketPolicy).toBeUndefined();
    }, NAMED));

  it('is at rest once it stands, however S3 writes it', () =>
    onBench(async (bench) => {
      const { settle, state } = fenced(bench, THEIRS);
      await settle();
      const { since } = (await state()) ?? {};
      await minutes(bench, 3);
      await settle();
      expect(await state()).toMatchObject({ since, denied: 'others', history: [] });
      expect((await state())?.changed).toBeUndefined();
    }, NAMED));

  it('leaves the policy as it was, to the letter of how it was read', () =>
    onBench(async (bench) => {
      const { buckets, settle, document } = fenced(bench, THEIRS);
      await settle();
      await minutes(bench, 2);
      const put: unknown[] = [];
      const send = buckets.client.send.bind(buckets.client) as (command: object) => Promise<unknown>;
      buckets.client.send = (async (command: { readonly input: { readonly Policy?: string } }) => {
        put.push(command.input.Policy);
        return send(command);
      }) as never;
      await bench.journal().coordinator.enter(1, 'sweep', bench.now);
      await settle();
      expect(put).toContain(THEIRS);
      expect(document()).not.toContain('Deny');
    }, NAMED));

  it('removes what nobody else has put anything into', () =>
    onBench(async (bench) => {
      const { settle, document } = fenced(bench);
      await settle();
      await minutes(bench, 2);
      await bench.journal().coordinator.enter(1, 'sweep', bench.now);
      await settle();
      expect(document()).toBeUndefined();
    }, NAMED));

  it('waits while another migration changes the same policy', () =>
    onBench(async (bench) => {
      const { turn, settle, document } = fenced(bench);
      const { policies } = bench.journal();
      const other = { holder: 'another', now: bench.now, expiresAt: bench.now + 30_000 };
      expect(await policies.takeWhole(ARN, other)).toBe(true);
      expect((await turn()).done).toBe(false);
      expect(document()).toBeUndefined();
      await settle();
      expect(denied(document(), role('stranger'), 'a/1')).toBe(true);
    }, NAMED));

  it('lets nobody else change the policy as long as what it has sent may come late', () =>
    onBench(async (bench) => {
      const { turn } = fenced(bench);
      await turn();
      const { policies } = bench.journal();
      const take = (now: number) =>
        policies.takeWhole(ARN, { holder: 'another', now, expiresAt: now + 1_000 });
      expect(await take(bench.now)).toBe(false);
      expect(await take(bench.now + 20_000)).toBe(true);
    }, NAMED));

  it('is seen to be gone where somebody else has put his policy over it', () =>
    onBench(async (bench) => {
      const { buckets, settle, state } = fenced(bench);
      await settle();
      await minutes(bench, 2);
      buckets.change('photos', { GetBucketPolicy: { Policy: THEIRS } });
      await settle();
      expect((await state())?.changed?.difference).toHaveLength(2);
    }, NAMED));
});
