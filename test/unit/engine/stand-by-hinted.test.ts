import { expect, it } from 'vitest';
import { policyTurn } from '../../../shared/engine/policy-turn.ts';
import { type StandByFact, standBy } from '../../../shared/engine/stand-by.ts';
import { BucketPolicies } from '../../../shared/resources/buckets/bucket-policies.ts';
import { TablePolicies } from '../../../shared/resources/tables/table-policies.ts';
import { lacksApprovalAlone } from '../../../shared/status.ts';
import { type Bench, onBench } from './bench.ts';

const ROLE = 'arn:aws:iam::000000000000:role/migrator';

/** Of a resource whose changes routers note. */
function hinted(bench: Bench) {
  const migration = bench.migration();
  return {
    ...migration,
    resources: migration.resources.map((resource) => ({ ...resource, keysOfHint: () => [] })),
  };
}

const ready = (bench: Bench) =>
  standBy(hinted(bench), 'ready', {
    mappings: async () => ['Enabled'],
    targets: async () => [{ capacity: { holds: true, detail: '' }, timeToLive: { holds: true, detail: '' } }],
    uploads: async () => [],
  });

/** Nothing but the approval and the last comparison are missing. */
async function almostReady(bench: Bench) {
  await bench.verified();
  await ready(bench);
  await bench.task.runtime.sleep(20_000);
}

it('waits for a person as patiently as where no comparison is to follow, and says so', () =>
  onBench(
    async (bench) => {
      await almostReady(bench);
      expect(await ready(bench)).toMatchObject({ done: false, waitSeconds: 5, next: 'ready' });
      const fact = await bench.journal().direction.fact<StandByFact>('stand-by');
      expect(fact?.gates.filter(({ holds }) => !holds).map(({ name }) => name)).toEqual([
        'last compare',
        'approval',
      ]);
      expect(lacksApprovalAlone(fact)).toBe(true);
    },
    { cutover: { approval: 'required' } },
  ));

it('goes on with the last comparison without a wait once it is the last', () =>
  onBench(async (bench) => {
    await almostReady(bench);
    for (let turns = 0; turns < 10; turns++) {
      const { done, waitSeconds } = await ready(bench);
      if (done) return;
      expect(waitSeconds).toBe(1);
      await bench.task.runtime.sleep(waitSeconds * 1_000);
    }
    throw new Error('it never came to the cutover');
  }));

it('has the policies looked at before it compares everything', () =>
  onBench(
    async (bench) => {
      const look = () =>
        policyTurn({
          migration: bench.migration(),
          policies: {
            table: new TablePolicies(bench.world.client(bench.task)),
            bucket: new BucketPolicies(bench.world.s3Client(bench.task)),
          },
          migratorRoles: [ROLE],
          place: { partition: 'aws', region: 'us-east-1', account: '000000000000' },
        });
      await look();
      await almostReady(bench);
      await bench.task.runtime.sleep(60_000);
      expect(await ready(bench)).toMatchObject({ next: 'policy' });
      await look();
      expect(await ready(bench)).toMatchObject({ next: 'ready', waitSeconds: 1 });
    },
    {
      cutover: {
        approval: 'automatic',
        fence: { policy: 'deny', settleSeconds: 30, routerRoles: ['arn:aws:iam::000000000000:role/router'] },
      },
    },
  ));
