import { describe, expect, it } from 'vitest';
import { renderPage } from '../../../shared/report/page.ts';
import { reportData } from '../../../shared/report/report.ts';
import type { PlannedBucket } from '../../../shared/resources/planned-resource.ts';
import type { Status } from '../../../shared/status.ts';
import { completed, plan, START } from './builders.ts';

const BUCKET: PlannedBucket = {
  ...{ kind: 'bucket', source: 's3://photos/a/', target: 's3://photos-v2/a/' },
  locations: { source: { bucket: 'photos', prefix: 'a/' }, target: { bucket: 'photos-v2', prefix: 'a/' } },
  ...{ items: 3_800, bytes: 68_000_000, segments: 2, compare: 'listing', boundsId: 'b' },
  ...{ singleBytes: 2 ** 30, partBytes: 2 ** 28 },
};
const [TABLE] = plan().resources;
const OF_TABLE = { items: 1_000, inserted: 1_000, bytes: 400_000 };
const OF_BUCKET = { items: 3_802, inserted: 3_800, bytes: 68_000_000, requests: 15_000 };

function progress(...ofResources: readonly Record<string, number>[]): Status['progress'] {
  const counts: Record<string, number> = {};
  for (const one of ofResources)
    for (const [name, value] of Object.entries(one)) counts[name] = (counts[name] ?? 0) + value;
  const copy = { units: 4, unitsDone: 4, counts, ofResources };
  const compared = ofResources.map(({ items = 0 }, index) => ({
    items,
    targetItems: items,
    repaired: index,
  }));
  const verify = {
    ...{ units: 4, unitsDone: 4, ofResources: compared },
    counts: { items: counts.items ?? 0, targetItems: counts.items ?? 0, repaired: 1 },
  };
  return { copy, verify, sweep: { units: 4, unitsDone: 0, counts: {}, ofResources: [] } };
}

const round = { began: START, waiting: [], open: {}, keys: 7_604, repaired: 3, done: true };

describe('the report of a table and a bucket', () => {
  const report = reportData(
    completed({
      status: {
        plan: plan({ resources: [...(TABLE ? [TABLE] : []), BUCKET] }),
        progress: progress(OF_TABLE, OF_BUCKET),
      },
      history: { compared: round },
    }),
  );

  it('names both, and what was moved of each', () => {
    expect(report.outcome.sentence).toMatch(
      /^1 table and 1 bucket were moved .*4,802 items and objects copied/,
    );
    expect(report.resources).toMatchObject([
      { kind: 'table', source: 'cities', copied: 1_000, compared: 1_000, repaired: 0 },
      { kind: 'bucket', source: 's3://photos/a/', copied: 3_802, compared: 3_802, repaired: 1 },
    ]);
  });

  it('says how many keys the comparison before the cutover had to mend', () => {
    expect(report.lastCompare).toMatchObject({ keys: 7_604, repaired: 3 });
    expect(report.outcome.stands.join('\n')).toContain(
      'listed on both sides once more before the cutover; 3 differed',
    );
  });

  it('charges items by units, and objects by requests', () => {
    const [copy] = report.cost?.parts ?? [];
    expect(copy).toMatchObject({
      writeUnits: 1_000,
      readUnits: Math.ceil(400_000 / 4_096),
      requests: 15_000,
    });
    expect(report.cost?.leftOut).toContain('events of S3');
  });

  it('shows all that on its page', async () => {
    const page = await renderPage(report);
    for (const text of ['s3://photos-v2/a/', 'Items and objects copied', 'Keys mended', '3,800 objects'])
      expect(page).toContain(text);
  });
});

describe('the report of a bucket alone', () => {
  const input = (compared?: typeof round) =>
    completed({
      status: { plan: plan({ resources: [BUCKET] }), progress: progress(OF_BUCKET) },
      history: compared ? { compared } : {},
    });

  it('speaks of objects, and of no capacity of tables', async () => {
    const report = reportData(input());
    expect(report.outcome.sentence).toContain('s3://photos/a/ was moved to s3://photos-v2/a/');
    expect(report.outcome.sentence).toContain('3,802 objects copied');
    expect(report.cost?.total).toMatchObject({ writeUnits: 0, readUnits: 0, requests: 15_000 });
    expect(await renderPage(report)).not.toContain('as DynamoDB tells them');
  });

  it('keeps silent of a comparison that has not come to its end', () => {
    expect(reportData(input({ ...round, done: false })).lastCompare).toBeUndefined();
  });
});
