import {
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, expect } from 'vitest';
import type { Item } from '../../../shared/model.ts';
import { World } from '../../simulation/world/world.ts';

export const REFUSED = expect.objectContaining({ name: 'ValidationException' });

type Client = ReturnType<World['client']>;

/** Requests about the items of one table, `items`, whose items have 500 bytes at most; each test has its own. */
export function itemRequests() {
  let world: World;
  beforeEach(() => {
    world = new World({ seed: 1, limits: { itemBytes: 500 } });
    world.createTable({ name: 'items', partitionKey: { name: 'id', type: 'S' } });
  });
  const request = <T>(send: (client: Client) => Promise<T>): Promise<T> =>
    world.run((task) => send(world.client(task)));
  return {
    currentWorld: () => world,
    table: () => world.table('items'),
    stored: (id: string) => world.table('items').get({ id: { S: id } }),
    request,
    put: (Item: Item, rest: Partial<PutItemCommandInput> = {}) =>
      request((client) => client.send(new PutItemCommand({ TableName: 'items', Item, ...rest }))),
    update: (
      id: string,
      UpdateExpression: string,
      values: Item = {},
      rest: Partial<UpdateItemCommandInput> = {},
    ) =>
      request((client) =>
        client.send(
          new UpdateItemCommand({
            TableName: 'items',
            Key: { id: { S: id } },
            UpdateExpression,
            ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
            ...rest,
          }),
        ),
      ),
  };
}
