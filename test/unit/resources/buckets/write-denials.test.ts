import { expect, it } from 'vitest';
import { writeDenials } from '../../../../shared/resources/buckets/write-denials.ts';

const TARGET = { bucket: 'photos-v2', prefix: 'b/' };

function of(...statements: readonly object[]) {
  const Statement = statements.map((one) => ({
    Sid: 'Rule',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    ...one,
  }));
  const { problems, notes } = writeDenials(
    'at',
    TARGET,
    JSON.stringify({ Version: '2012-10-17', Statement }),
  );
  return { problems: problems.map(({ problem }) => problem), notes };
}

const NOTHING = { problems: [], notes: [] };

it('finds nothing where there is no policy, or none that denies', () => {
  expect(writeDenials('at', TARGET, undefined)).toEqual(NOTHING);
  expect(of({ Effect: 'Allow' })).toEqual(NOTHING);
  expect(of({ Action: ['s3:GetObject', 's3:DeleteBucket'] })).toEqual(NOTHING);
});

it.each(['s3:PutObject', 's3:Put*', 's3:*', '*', 's3:DeleteObject', 's3:putobject'])(
  'is told of a Deny of %s to everybody',
  (Action) => {
    const denied = { problems: ["the target's policy denies writes to everybody"], notes: [] };
    expect(of({ Action })).toEqual(denied);
    expect(of({ Action: ['s3:GetObject', Action], Principal: { AWS: ['*'] } })).toEqual(denied);
  },
);

it.each(['s3:if-none-match', 's3:If-Match'])('is told of a demand for conditional writes by %s', (key) => {
  expect(of({ Condition: { Null: { [key]: 'true' } } })).toMatchObject({
    problems: [expect.stringMatching(/demands conditional writes/)],
  });
});

it('is not concerned by what keeps out requests without TLS', () => {
  const Condition = {
    Bool: { 'aws:SecureTransport': 'false' },
    NumericLessThan: { 's3:TlsVersion': '1.2' },
  };
  expect(of({ Action: 's3:*', Condition })).toEqual(NOTHING);
});

it('says of other denials that they were not judged', () => {
  const note =
    "not checked: whether the policy of s3://photos-v2/b/ denies the migrator's writes by its statement Rule";
  const Condition = { StringNotEquals: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/app' } };
  expect(of({ Condition })).toEqual({ problems: [], notes: [note] });
  expect(of({ Principal: { AWS: 'arn:aws:iam::123456789012:root' } })).toEqual({
    problems: [],
    notes: [note],
  });
});

it('reads a statement that stands alone', () => {
  const Statement = { Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' };
  expect(writeDenials('at', TARGET, JSON.stringify({ Statement })).problems).toMatchObject([
    { at: 'at', value: 'a statement without a Sid' },
  ]);
});
