import { expect, it } from 'vitest';
import { TargetWatch } from '../../../../shared/engine/target-watch.ts';
import { BucketFitness } from '../../../../shared/resources/buckets/bucket-fitness.ts';
import { onBench } from '../../engine/bench.ts';
import { plannedBucket } from './planned.ts';

it('a bucket is fit for any traffic, and nothing expires on it before the switch', () =>
  onBench(async (bench) => {
    const watch = new TargetWatch({ table: undefined as never, bucket: new BucketFitness() });
    const plan = { ...bench.plan, resources: [plannedBucket()] };
    expect(await watch.states({ ...bench.migration(), plan })).toMatchObject([
      {
        capacity: { holds: true, detail: expect.stringContaining('s3://photos-v2/b/') },
        timeToLive: { holds: true },
      },
    ]);
  }));
