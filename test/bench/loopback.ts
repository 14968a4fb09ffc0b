import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { marshall } from '@aws-sdk/util-dynamodb';
import { CITY_ITEM, RESERVED, ROUTE_TABLE, ROUTES, TARGET } from './scene.ts';

/**
 * A process of its own that answers at once what DynamoDB would, from memory: what a client takes for a request is
 * then nearly all its own work. It tells its parent the port.
 */
const ROUTE_ANSWERS = Object.entries(ROUTES).map(
  ([name, route]) => [JSON.stringify(name), JSON.stringify({ Item: marshall({ name, ...route }) })] as const,
);
const ITEM_ANSWER = JSON.stringify({ Item: CITY_ITEM });
const VERSIONED_ANSWER = JSON.stringify({
  Item: { ...CITY_ITEM, [RESERVED]: { S: `01${'0'.repeat(40)}i1790000000` } },
});
const NOTHING = '{}';
const CONDITION_FAILED = JSON.stringify({
  __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
  message: 'The conditional request failed',
});

const server = createServer(async (request, response) => {
  const body = (await buffer(request)).toString();
  const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
  const [status, text] = answerTo(operation, body);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.((server.address() as AddressInfo).port);
process.once('disconnect', () => process.exit());

function answerTo(operation: string, body: string): readonly [number, string] {
  if (body.includes(`"TableName":"${ROUTE_TABLE}"`)) {
    const route = ROUTE_ANSWERS.find(([name]) => body.includes(name));
    return [200, operation === 'GetItem' && route ? route[1] : NOTHING];
  }
  // The router's proof that it may write.
  if (body.includes('"ConditionExpression"')) return [400, CONDITION_FAILED];
  if (operation === 'BatchWriteItem') return [200, '{"UnprocessedItems":{}}'];
  if (operation !== 'GetItem') return [200, NOTHING];
  return [200, body.includes(`"TableName":"${TARGET}"`) ? VERSIONED_ANSWER : ITEM_ANSWER];
}
