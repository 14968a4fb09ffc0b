import type { Key } from '../../../shared/model.ts';
import type { Setting } from '../setting.ts';
import { ITEM_BYTES } from '../stage.ts';
import type { Random } from '../world/random.ts';

/** One write of an application. Each attempt writes a value of its own, so that its effect is known from others'. */
export interface ApplicationWrite {
  readonly operation: 'PutItem' | 'UpdateItem' | 'DeleteItem';
  /** The request without its table. */
  readonly body: (attempt: number) => Record<string, unknown>;
}

/** What a target whose index demands another type refuses. */
export const POISON = 'poison';

export function operationOf(random: Random, setting: Setting, key: Key, name: string): ApplicationWrite {
  const value = valuesOf(random, setting, name);
  // Never too large: an item that still has its version would not take it.
  const small = (attempt: number) => `${name}/${attempt}`;
  switch (random.int(0, 11)) {
    case 0:
      // An item of its key alone must not be taken for a tombstone.
      return { operation: 'PutItem', body: () => ({ Item: key }) };
    case 1:
    case 2:
    case 3:
      return { operation: 'DeleteItem', body: () => ({ Key: key }) };
    case 4:
      return {
        operation: 'PutItem',
        body: (attempt) => ({
          Item: { ...key, v: { S: value(attempt) } },
          ConditionExpression: 'attribute_not_exists(#id)',
          ExpressionAttributeNames: { '#id': 'id' },
        }),
      };
    case 5:
      return {
        operation: 'UpdateItem',
        body: (attempt) => ({ ...update(key, small(attempt)), ConditionExpression: 'attribute_exists(#v)' }),
      };
    case 6:
    case 7:
      return { operation: 'UpdateItem', body: (attempt) => update(key, small(attempt)) };
    default:
      return { operation: 'PutItem', body: (attempt) => ({ Item: { ...key, v: { S: value(attempt) } } }) };
  }
}

function valuesOf(random: Random, { poison, oversize }: Setting, name: string): (attempt: number) => string {
  if (random.chance(poison)) return (attempt) => `${POISON} ${name}/${attempt}`;
  if (random.chance(oversize)) return (attempt) => `${name}/${attempt}`.padEnd(ITEM_BYTES - 20, '.');
  return (attempt) => `${name}/${attempt}`;
}

function update(key: Key, value: string) {
  return {
    Key: key,
    UpdateExpression: 'SET #v = :v',
    ExpressionAttributeNames: { '#v': 'v' },
    ExpressionAttributeValues: { ':v': { S: value } },
  };
}
