import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../../shared/model.ts';
import { typeOf } from './values.ts';

const LONGEST_TEXT = 24;

/** An item as a person reads it: `{id: a, n: 1}`, in an order that does not depend on where it was kept. */
function itemText(item: Item): string {
  return `{${Object.entries(item)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}: ${valueText(value)}`)
    .join(', ')}}`;
}

function valueText(value: AttributeValue): string {
  const type = typeOf(value);
  if (type === 'M') return itemText(value.M as Item);
  if (type === 'L') return `[${(value.L as AttributeValue[]).map(valueText).join(', ')}]`;
  const content = value[type];
  if (content instanceof Uint8Array) return `<${content.byteLength} bytes>`;
  return shortened(Array.isArray(content) ? `{${content.join(', ')}}` : String(content));
}

/** A version of a cell shows its epoch and the last digits of its sequence number. */
function shortened(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, 4)}…${text.slice(4 - LONGEST_TEXT)}`;
}

interface KnownInput {
  readonly TableName?: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeValues?: Item;
  readonly Segment?: number;
  readonly TotalSegments?: number;
  readonly ExclusiveStartKey?: Item;
  readonly ConsistentRead?: boolean;
  readonly RequestItems?: Record<string, readonly object[] | { readonly Keys?: readonly Item[] }>;
  readonly Statements?: readonly { readonly Parameters?: readonly AttributeValue[] }[];
  readonly TransactItems?: readonly Record<string, KnownInput>[];
  readonly ShardId?: string;
  readonly ShardIteratorType?: string;
  readonly ShardIterator?: string;
}

/** One line about a request, for the trace. */
export function requestText(operation: string, input: KnownInput): string {
  return `${operation}${inputText(input)}`;
}

function inputText(input: KnownInput): string {
  const parts: string[] = [];
  if (input.TableName) parts.push(input.TableName);
  if (input.Item) parts.push(itemText(input.Item));
  if (input.Key) parts.push(itemText(input.Key));
  if (input.UpdateExpression) parts.push(input.UpdateExpression);
  if (input.KeyConditionExpression) parts.push(input.KeyConditionExpression);
  if (input.ConditionExpression) parts.push(`if ${input.ConditionExpression}`);
  if (input.ExpressionAttributeValues) parts.push(`with ${itemText(input.ExpressionAttributeValues)}`);
  if (input.TotalSegments !== undefined) parts.push(`segment ${input.Segment} of ${input.TotalSegments}`);
  if (input.ExclusiveStartKey) parts.push(`after ${itemText(input.ExclusiveStartKey)}`);
  if (input.ConsistentRead) parts.push('consistently');
  for (const [table, requests] of Object.entries(input.RequestItems ?? {}))
    parts.push(`${table} ${batchText(requests)}`);
  for (const { Parameters = [] } of input.Statements ?? [])
    parts.push(`[${Parameters.map(valueText).join(', ')}]`);
  for (const action of input.TransactItems ?? [])
    for (const [kind, inner] of Object.entries(action)) parts.push(`(${kind}${inputText(inner)})`);
  if (input.ShardId) parts.push(input.ShardId);
  if (input.ShardIteratorType) parts.push(input.ShardIteratorType);
  if (input.ShardIterator) parts.push(input.ShardIterator.replace(/"arn":"[^"]*",/, ''));
  return parts.map((part) => ` ${part}`).join('');
}

function batchText(requests: readonly object[] | { readonly Keys?: readonly Item[] }): string {
  if ('Keys' in requests) return (requests.Keys ?? []).map(itemText).join(' ');
  return (requests as readonly { PutRequest?: { Item?: Item }; DeleteRequest?: { Key?: Item } }[])
    .map(
      ({ PutRequest, DeleteRequest }) =>
        `${PutRequest ? 'put' : 'delete'} ${itemText(PutRequest?.Item ?? DeleteRequest?.Key ?? {})}`,
    )
    .join(' ');
}

interface KnownResult {
  readonly Item?: Item;
  readonly Items?: readonly Item[];
  readonly Attributes?: Item;
  readonly LastEvaluatedKey?: Item;
  readonly Responses?:
    | Record<string, readonly Item[]>
    | readonly { readonly Error?: { readonly Code?: string } }[];
  readonly UnprocessedItems?: Record<string, readonly object[]>;
  readonly Records?: readonly {
    readonly dynamodb?: { readonly Keys?: Item; readonly SequenceNumber?: string };
  }[];
  readonly NextShardIterator?: string;
}

/** What came of a request, in a few words. */
export function resultText(result: KnownResult): string {
  const parts: string[] = [];
  if (result.Item) parts.push(itemText(result.Item));
  if (result.Items)
    parts.push(`${result.Items.map(itemText).join(' ') || 'no items'}${result.LastEvaluatedKey ? ' …' : ''}`);
  if (result.Attributes) parts.push(itemText(result.Attributes));
  if (Array.isArray(result.Responses))
    parts.push(result.Responses.map(({ Error: error }) => error?.Code ?? 'ok').join(' '));
  else if (result.Responses)
    parts.push(Object.values(result.Responses).flat().map(itemText).join(' ') || 'no items');
  const unprocessed = Object.values(result.UnprocessedItems ?? {}).flat().length;
  if (unprocessed > 0) parts.push(`${unprocessed} unprocessed`);
  if (result.Records)
    parts.push(
      `${result.Records.map(({ dynamodb }) => `${itemText(dynamodb?.Keys ?? {})}@${shortened(dynamodb?.SequenceNumber ?? '')}`).join(' ') || 'no records'}${result.NextShardIterator ? '' : ' (end of shard)'}`,
    );
  return parts.join(', ') || 'ok';
}
