import { expect, it } from 'vitest';
import { openFeed, openResources } from '../../../functions/resources.ts';
import { boundsId } from '../../../shared/bounds-id.ts';
import type { Resource } from '../../../shared/engine/migration.ts';
import { PermanentError } from '../../../shared/errors.ts';
import type { PlannedBucket } from '../../../shared/resources/planned-resource.ts';
import { type Bench, onBench } from '../engine/bench.ts';
import { plannedBucket } from '../resources/buckets/planned.ts';

const KEYS = ['b', 'm', 'z'];
const GUARDED = { ACL: 'public-read', ObjectLockLegalHoldStatus: 'ON' } as const;

/** A folder of three objects, cut into two ranges, as a direction sees it. */
async function opened(
  bench: Bench,
  bounds: readonly string[],
  epoch = 1,
  planned: Partial<PlannedBucket> = {},
): Promise<Resource> {
  bench.world.createBucket({
    name: 'photos',
    objectLock: true,
    objects: KEYS.map((key) => ({ key: `a/${key}`, body: key, headers: GUARDED })),
  });
  bench.world.createBucket({ name: 'photos-v2', objects: [{ key: 'b/b', body: 'other' }] });
  const resources = [plannedBucket({ boundsId: boundsId(bounds), segments: 2, ...planned })];
  const plan = { ...bench.plan, resources };
  const s3 = bench.world.s3Client(bench.task);
  const { deadline, handoverAt } = bench.migration();
  const journal = bench.journal({ epoch });
  const [resource] = await openResources({ journal, plan, deadline, handoverAt }, { s3 });
  if (!resource) throw new Error('one was planned');
  return resource;
}

async function scanned({ source }: Resource, segment: number): Promise<(string | undefined)[]> {
  const keys: (string | undefined)[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await source.scan({ segment, segments: 2 }, cursor);
    keys.push(...page.items().map(({ key }) => key?.S));
    cursor = page.next;
    if (cursor === undefined) return keys;
  }
}

it('a bucket is opened with the ranges of its plan', () =>
  onBench(async (bench) => {
    await bench.journal().bounds.write(['m']);
    const resource = await opened(bench, ['m']);
    expect(await scanned(resource, 0)).toEqual(['b', 'm']);
    expect(await scanned(resource, 1)).toEqual(['z']);
  }));

it('after the switch its sides are exchanged', () =>
  onBench(async (bench) => {
    await bench.journal().bounds.write(['n']);
    const { source, target } = await opened(bench, ['n'], 2);
    const key = { key: { S: 'm' } };
    expect((await source.read([key]))[0]).toEqual({ kind: 'absent' });
    expect((await target.read([key]))[0]).toMatchObject({ kind: 'item' });
  }));

it.each([{ acls: true }, { objectLock: true }, {}])(
  'a bucket is opened with what its plan carries besides: %o',
  (planned: Partial<PlannedBucket>) =>
    onBench(async (bench) => {
      await bench.journal().bounds.write(['m']);
      const { source } = await opened(bench, ['m'], 1, planned);
      const [cell] = await source.read([{ key: { S: 'b' } }]);
      const object = cell?.kind === 'item' ? JSON.parse(cell.item.object?.S ?? '') : {};
      expect('grants' in object).toBe(planned.acls ?? false);
      expect('lock' in object).toBe(planned.objectLock ?? false);
    }),
);

it('no bucket is opened with other ranges than those of its plan', () =>
  onBench(async (bench) => {
    await expect(opened(bench, ['o'])).rejects.toThrow(PermanentError);
  }));

it('the changes of a bucket are in no stream', async () => {
  expect(await openFeed({ name: 'm' }, 's3://photos/a/', plannedBucket()).shards()).toEqual([]);
});
