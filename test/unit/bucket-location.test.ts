import { describe, expect, it } from 'vitest';
import { isOverlapping, locationName, locationOf } from '../../shared/bucket-location.ts';

describe('the name of a side that is a bucket', () => {
  it.each([
    ['photos', ''],
    ['photos', 'a/'],
    ['photos.example', 'a//b'],
    ['photos', '/'],
    ['photos', 's3://x/'],
  ])('tells bucket %j and prefix %j', (bucket, prefix) => {
    expect(locationOf(locationName({ bucket, prefix }))).toEqual({ bucket, prefix });
  });

  it('is how the AWS CLI names objects', () => {
    expect(locationName({ bucket: 'photos', prefix: 'a/' })).toBe('s3://photos/a/');
  });
});

it.each([
  ['a/', 'a/', true],
  ['', 'a/', true],
  ['a/b', 'a/', true],
  ['a/', 'b/', false],
])('prefixes %j and %j of one bucket overlap: %s', (a, b, overlap) => {
  expect(isOverlapping({ bucket: 'x', prefix: a }, { bucket: 'x', prefix: b })).toBe(overlap);
  expect(isOverlapping({ bucket: 'x', prefix: a }, { bucket: 'y', prefix: b })).toBe(false);
});
