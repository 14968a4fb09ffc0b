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
const PAIR = 's3://photos/a/:s3://photos-v2/';
const CREATE = 'segue route create m orders:orders-v2 s3://photos/a/:s3://photos-v2/';

it('finds nothing against a route of the same tables and buckets', () => {
  expect(routeProblems(SPEC, ROUTE, false, [])).toEqual([]);
});

it.each([
  ['no buckets', { buckets: [] }, `the route lacks ${PAIR}`],
  [
    'another prefix',
    { buckets: [{ ...PHOTOS, source: { bucket: 'photos', prefix: 'b b/' } }] },
    `the route lacks ${PAIR}; the spec lacks s3://photos/b b/:s3://photos-v2/`,
  ],
  [
    'the sides exchanged',
    { buckets: [{ source: PHOTOS.target, target: PHOTOS.source }] },
    `the route lacks ${PAIR}; the spec lacks s3://photos-v2/:s3://photos/a/`,
  ],
  [
    'one more',
    { buckets: [PHOTOS, { source: { bucket: 'x', prefix: '' }, target: { bucket: 'y', prefix: '' } }] },
    'the spec lacks s3://x/:s3://y/',
  ],
  [
    'another table',
    { tables: [{ source: 'orders', target: 'orders-v3', keys: [] }] },
    'the route lacks orders:orders-v2; the spec lacks orders:orders-v3',
  ],
])(
  'refuses a route with %s, with what differs and the command that creates the right one',
  (_, changes, differs) => {
    expect(routeProblems(SPEC, { ...ROUTE, ...changes }, false, [])).toMatchObject([
      {
        at: 'resources',
        problem: 'the route names other resources',
        allowed: 'orders:orders-v2 s3://photos/a/:s3://photos-v2/',
        change: `${differs}: retire the route and create it anew: ${CREATE}`,
      },
    ]);
  },
);
