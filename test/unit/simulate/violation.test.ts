import { describe, expect, it } from 'vitest';
import { headline, violatedKeys, violationKind } from '../../simulation/run/violation.ts';

describe('the kind of a violation', () => {
  it.each([
    ['a version went back: apply#6 wrote k1', 'a version went back: apply#2 wrote k3'],
    ['k1 is {"id":{"S":"k1"}} on the target', 'k8 is {"id":{"S":"k8"},"v":{"N":"5"}} on the target'],
    [
      'crashed with TypeError: x is not a function\n  at one.ts:1',
      'crashed with TypeError: y\n  at two.ts:2',
    ],
  ])('is the same for %j and %j', (one, other) => {
    expect(violationKind(one)).toBe(violationKind(other));
  });

  it('differs for different invariants', () => {
    expect(violationKind('lost: k1')).not.toBe(violationKind('late: k1'));
  });
});

it('the keys of violations are found, whether named short or as JSON', () => {
  expect(violatedKeys(['k3 is gone, not k11', 'back: {"id":{"S":"stray"}} and {"id":{"S":"k3"}}'])).toEqual([
    'k3',
    'k11',
    'stray',
  ]);
});

it('a violation has one line in a list', () => {
  expect(headline('crashed: x\n  at y')).toBe('crashed: x');
});
