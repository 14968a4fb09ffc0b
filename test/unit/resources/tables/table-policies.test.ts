import { describe, expect, it } from 'vitest';
import { withStatement } from '../../../../shared/policy-document.ts';
import { TablePolicies } from '../../../../shared/resources/tables/table-policies.ts';
import { denies } from '../../../simulation/world/policy.ts';

const policies = new TablePolicies({ send: () => Promise.reject(new Error('nothing is to be sent')) });
const PLACE = { partition: 'aws-cn', region: 'cn-north-1', account: '123456789012' };
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

it('finds the policy of a table where the stack is', () => {
  expect(policies.arnOf('orders', PLACE)).toBe('arn:aws-cn:dynamodb:cn-north-1:123456789012:table/orders');
});

describe('the Deny of writes', () => {
  const statement = policies.denyOfWrites(
    'Ours',
    [policies.scopeOf('orders', PLACE)],
    [role('worker'), role('app/shop')],
  );
  const document = withStatement(undefined, statement);

  it.each([
    'BatchWriteItem',
    'DeleteItem',
    'PartiQLDelete',
    'PartiQLInsert',
    'PartiQLUpdate',
    'PutItem',
    'UpdateItem',
  ])('denies %s to everybody but the roles that are exempt', (action) => {
    expect(denies(document, role('stranger'), `dynamodb:${action}`)).toBe(true);
    expect(denies(document, role('worker'), `dynamodb:${action}`)).toBe(false);
    expect(denies(document, role('app/shop'), `dynamodb:${action}`)).toBe(false);
    expect(denies(document, role('worker-of-somebody-else'), `dynamodb:${action}`)).toBe(true);
  });

  it.each([
    'GetItem',
    'Query',
    'Scan',
    'BatchGetItem',
    'PartiQLSelect',
    'PutResourcePolicy',
    'DeleteResourcePolicy',
  ])('lets everybody %s', (action) => {
    expect(denies(document, role('stranger'), `dynamodb:${action}`)).toBe(false);
  });
});
