import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  denyStatement,
  ownStatements,
  policyDifference,
  samePolicy,
  statementId,
  withoutOwn,
  withStatement,
} from '../../shared/policy-document.ts';

const TABLE = 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders';
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const DENIAL = {
  sid: statementId('move-orders', 1, 7),
  actions: ['dynamodb:PutItem'],
  resources: [TABLE],
  exempt: [role('worker'), role('app/shop')],
};
const OURS = denyStatement(DENIAL);
const THEIRS = {
  Sid: 'Readers',
  Effect: 'Allow',
  Principal: '*',
  Action: 'dynamodb:GetItem',
  Resource: TABLE,
};
const parse = (document: string | undefined) => JSON.parse(document ?? 'null');

describe('the Deny of writes', () => {
  it('has an id of letters and digits, whatever the name of the migration', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9-]{0,47}$/),
        fc.nat(),
        fc.nat(),
        (name, epoch, revision) => {
          const sid = statementId(name, epoch, revision);
          expect(sid).toMatch(/^[A-Za-z0-9]+$/);
          expect(ownStatements(withStatement(undefined, { ...OURS, Sid: sid }), name)).toHaveLength(1);
        },
      ),
    );
  });

  it('is the same in whatever order the roles come', () => {
    const deny = (exempt: readonly string[]) => denyStatement({ ...DENIAL, exempt });
    expect(deny(['b', 'a'])).toEqual(deny(['a', 'b']));
  });
});

describe('a policy with the Deny', () => {
  it('is a whole one where there was none', () => {
    expect(parse(withStatement(undefined, OURS))).toEqual({ Version: '2012-10-17', Statement: [OURS] });
  });

  it('keeps everything that was there, and its order', () => {
    const before = { Version: '2008-10-17', Id: 'mine', Statement: [THEIRS, { ...THEIRS, Sid: 'More' }] };
    expect(parse(withStatement(JSON.stringify(before), OURS))).toEqual({
      ...before,
      Statement: [...before.Statement, OURS],
    });
  });

  it('takes a statement that stands without a list', () => {
    expect(parse(withStatement(JSON.stringify({ Statement: THEIRS }), OURS)).Statement).toEqual([
      THEIRS,
      OURS,
    ]);
  });
});

describe('a policy without the Deny', () => {
  it('is none where nothing else is left', () => {
    expect(withoutOwn(withStatement(undefined, OURS), 'move-orders')).toBeUndefined();
    expect(withoutOwn(undefined, 'move-orders')).toBeUndefined();
  });

  it('is the same to the letter where there was no Deny', () => {
    const spaced = JSON.stringify({ Statement: THEIRS }, undefined, 7);
    expect(withoutOwn(spaced, 'move-orders')).toBe(spaced);
  });

  it('keeps what others have', () => {
    const document = withStatement(JSON.stringify({ Id: 'mine', Statement: [THEIRS] }), OURS);
    expect(parse(withoutOwn(document, 'move-orders'))).toEqual({ Id: 'mine', Statement: [THEIRS] });
  });

  it('keeps the Deny of another migration, and a statement whose id only begins alike', () => {
    const others = [
      { ...OURS, Sid: statementId('other', 1, 7) },
      { ...THEIRS, Sid: 'SeguemoveordersEpoch1' },
      { Effect: 'Allow' },
    ];
    const document = JSON.stringify({ Statement: [...others, OURS] });
    expect(parse(withoutOwn(document, 'move-orders')).Statement).toEqual(others);
  });
});

describe('two policies', () => {
  it('are the same however they are spaced and their fields are ordered', () => {
    const one = JSON.stringify({ Version: '1', Statement: [THEIRS] });
    const other = JSON.stringify({ Statement: [THEIRS], Version: '1' }, undefined, 2);
    expect(samePolicy(one, other)).toBe(true);
    expect(samePolicy(one, undefined)).toBe(false);
    expect(samePolicy(undefined, undefined)).toBe(true);
    expect(policyDifference(one, other)).toEqual([]);
  });

  it('differ by the statements that came and went', () => {
    const more = { ...THEIRS, Sid: 'More' };
    const [before, now] = [[THEIRS], [more]].map((Statement) => JSON.stringify({ Statement }));
    expect(policyDifference(before, now)).toEqual([
      `removed: ${JSON.stringify(THEIRS)}`,
      `added: ${JSON.stringify(more)}`,
    ]);
    expect(policyDifference(before, undefined)).toEqual([`removed: ${JSON.stringify(THEIRS)}`]);
  });

  it('differ in words of bounded length', () => {
    const now = JSON.stringify({ Statement: { ...THEIRS, Sid: 'x'.repeat(10_000) } });
    expect(policyDifference(undefined, now)[0]?.length).toBeLessThan(400);
  });

  it('differ in so many words that they can be read', () => {
    const Statement = Array.from({ length: 50 }, (_, index) => ({ ...THEIRS, Sid: `S${index}` }));
    const found = policyDifference(undefined, JSON.stringify({ Statement }));
    expect(found).toHaveLength(21);
    expect(found.at(-1)).toBe('and 30 more');
  });

  it('differ where only the order or another field does', () => {
    const now = JSON.stringify({ Id: 'new', Statement: [THEIRS] });
    expect(policyDifference(JSON.stringify({ Statement: [THEIRS] }), now)).toHaveLength(1);
  });
});
