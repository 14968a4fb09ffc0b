import { ConditionalCheckFailedException, type PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Item } from '../../../shared/model.ts';
import { itemRequests, REFUSED } from './item-requests.ts';

const { table, put } = itemRequests();

describe('conditions', () => {
  beforeEach(() => table().load([{ id: { S: 'a' }, v: { N: '10' }, t: { S: 'text' }, set: { SS: ['x'] } }]));

  const holds = (ConditionExpression: string, values: Item = {}) =>
    put(
      { id: { S: 'a' } },
      {
        ConditionExpression,
        ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
      },
    ).then(
      () => true,
      (error) => {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      },
    );

  it.each<[string, boolean, Item?]>([
    ['attribute_exists(v)', true],
    ['attribute_not_exists(v)', false],
    ['v = :n', true, { ':n': { N: '10.0' } }],
    ['v < :n', false, { ':n': { N: '9' } }],
    ['v >= :n AND v <= :n', true, { ':n': { N: '10' } }],
    ['v <> :n', false, { ':n': { N: '10' } }],
    ['missing <> :n', true, { ':n': { N: '10' } }],
    ['missing < :n', false, { ':n': { N: '10' } }],
    ['v < :s', false, { ':s': { S: 'zzz' } }],
    ['NOT (v = :n OR t = :t)', false, { ':n': { N: '1' }, ':t': { S: 'text' } }],
    ['v = :n OR t = :t AND v = :n', false, { ':n': { N: '1' }, ':t': { S: 'text' } }],
    ['begins_with(t, :p)', true, { ':p': { S: 'te' } }],
    ['contains(set, :x)', true, { ':x': { S: 'x' } }],
    ['size(t) = :n', true, { ':n': { N: '4' } }],
    ['v BETWEEN :low AND :high', true, { ':low': { N: '9' }, ':high': { N: '10' } }],
    ['v IN (:one, :ten)', true, { ':one': { N: '1' }, ':ten': { N: '10' } }],
    ['attribute_type(v, :type)', true, { ':type': { S: 'N' } }],
  ])('%s is %s', async (expression, expected, values) => {
    expect(await holds(expression, values)).toBe(expected);
  });

  it('compare text by its UTF-8 bytes', async () => {
    // U+FF5E sorts below U+1F600 in UTF-8, above it in UTF-16.
    table().load([{ id: { S: 'a' }, t: { S: '\uff5e' } }]);
    expect(await holds('t < :t', { ':t': { S: '\u{1f600}' } })).toBe(true);
  });

  it.each<[string, string, Partial<PutItemCommandInput>]>([
    ['a name that is not given', '#v = :n', { ExpressionAttributeValues: { ':n': { N: '1' } } }],
    ['a value that is not given', 'v = :n', {}],
    ['a name that is not used', 'attribute_exists(v)', { ExpressionAttributeNames: { '#x': 'x' } }],
    ['a value that is not used', 'attribute_exists(v)', { ExpressionAttributeValues: { ':x': { S: 'x' } } }],
    ['no name, but names', 'attribute_exists(v)', { ExpressionAttributeNames: {} }],
    ['no value, but values', 'attribute_exists(v)', { ExpressionAttributeValues: {} }],
    ['an empty set', 'v = :x', { ExpressionAttributeValues: { ':x': { SS: [] } } }],
    ['a value that has no order', 'v < :x', { ExpressionAttributeValues: { ':x': { BOOL: true } } }],
    ['a prefix that is a number', 'begins_with(v, :x)', { ExpressionAttributeValues: { ':x': { N: '1' } } }],
    [
      'a range that ends before it begins',
      'v BETWEEN :x AND :y',
      { ExpressionAttributeValues: { ':x': { N: '10' }, ':y': { N: '9' } } },
    ],
    [
      'a range of two types',
      'v BETWEEN :x AND :y',
      { ExpressionAttributeValues: { ':x': { N: '1' }, ':y': { S: '9' } } },
    ],
    ['an operand compared with itself', 'v = v', {}],
    ['text behind the end', 'attribute_exists(v) v', {}],
    ['redundant parentheses', '((attribute_exists(v)))', {}],
  ])('with %s are refused', async (_, ConditionExpression, rest) => {
    await expect(put({ id: { S: 'a' } }, { ConditionExpression, ...rest })).rejects.toEqual(REFUSED);
  });

  it('that failed carry the item where it was asked for', async () => {
    const failing = { ConditionExpression: 'attribute_not_exists(id)' };
    await expect(put({ id: { S: 'a' } }, failing)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: undefined,
    });
    await expect(
      put({ id: { S: 'a' } }, { ...failing, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    ).rejects.toMatchObject({
      Item: { v: { N: '10' } },
    });
  });
});
