import { expect, it } from 'vitest';
import { routeProblems } from '../../../shared/engine/route-problems.ts';
import type { Route } from '../../../shared/route.ts';
import { parseSpec } from '../../../shared/spec.ts';

const PHOTOS = {
  source: { bucket: 'photos', prefix: 'a/' },
  target: { bucket: 'photos-v2', prefix: '' },
};
const SPEC = parseSpec({
  name: 'm',
  resources: [{ source: { table: 'orders' }, target: { table: 'orders-v2' } }, PHOTOS],
});
const ROUTE: Route = {
  state: 'source',
  active: 'source',
  revision: 1,
  protocol: 1,
  tables: [{ source: 'orders', target: 'orders-v2', keys: [] }],
  buckets: [PHOTOS],
  reserved: '_segue:m',
  cacheMilliseconds: 1_000,
  attemptMilliseconds: 1_000,
  settledAt: 0,
};
const CREATE = 'segue route create m orders:orders-v2 s3://photos/a/:s3://photos-v2/';

it('finds nothing against a route of the same tables and buckets', () => {
  expect(routeProblems(SPEC, ROUTE, false, [])).toEqual([]);
});

it.each([
  ['no buckets', []],
  ['another prefix', [{ ...PHOTOS, source: { bucket: 'photos', prefix: 'b/' } }]],
  ['the sides exchanged', [{ source: PHOTOS.target, target: PHOTOS.source }]],
  ['one more', [PHOTOS, { source: { bucket: 'x', prefix: '' }, target: { bucket: 'y', prefix: '' } }]],
])('refuses a route with %s, with the command that creates the right one', (_, buckets) => {
  expect(routeProblems(SPEC, { ...ROUTE, buckets }, false, [])).toMatchObject([
    {
      at: 'resources',
      problem: 'the route names other resources',
      allowed: 'orders:orders-v2 s3://photos/a/:s3://photos-v2/',
      change: `retire the route and create it anew: ${CREATE}`,
    },
  ]);
});
