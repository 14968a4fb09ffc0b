import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDB } from './clients.ts';
import { otherSide } from './direction.ts';
import { isNamed } from './errors.ts';
import type { Key } from './model.ts';
import type { Route } from './route.ts';

/**
 * Tries each kind of write on each table of the passive side with a condition that can't hold.
 * @returns why one is not allowed.
 */
export async function proveTables(client: DynamoDB, { tables, active }: Route): Promise<string | undefined> {
  const passive = otherSide(active);
  for (const { [passive]: table, keys } of tables) {
    const key: Key = Object.fromEntries(
      keys.map(({ name, type }) => [
        name,
        type === 'N' ? { N: '0' } : type === 'B' ? { B: Buffer.from('segue') } : { S: 'segue' },
      ]),
    );
    const condition = {
      TableName: table,
      ConditionExpression: 'attribute_exists(#k) AND attribute_not_exists(#k)',
      ExpressionAttributeNames: { '#k': keys[0]?.name as string },
    };
    try {
      await neverHolds(client.send(new PutItemCommand({ ...condition, Item: key })));
      await neverHolds(client.send(new DeleteItemCommand({ ...condition, Key: key })));
      await neverHolds(client.send(new UpdateItemCommand({ ...condition, Key: key })));
    } catch (error) {
      return `${table}: ${(error as Error).name}: ${(error as Error).message}`;
    }
  }
  return undefined;
}

async function neverHolds(sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
  }
}
