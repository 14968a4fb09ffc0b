import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { CreateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { S3_PARAMETERS } from './s3/parameters.ts';

const NAMES = ['ExpressionAttributeNames', 'ReturnConsumedCapacity'];
const WRITE = [
  ...NAMES,
  'TableName',
  'ConditionExpression',
  'ExpressionAttributeValues',
  'ReturnValues',
  'ReturnValuesOnConditionCheckFailure',
];
const PAGE = [
  ...NAMES,
  'TableName',
  'ConsistentRead',
  'ExclusiveStartKey',
  'ExpressionAttributeValues',
  'FilterExpression',
  'IndexName',
  'Limit',
  'ProjectionExpression',
  'Select',
];

/** What the model makes use of. It must not pass over anything else in silence, as if it had done it. */
const KNOWN = new Map<unknown, ReadonlySet<string>>(
  (
    [
      [GetItemCommand, [...NAMES, 'TableName', 'Key', 'ConsistentRead', 'ProjectionExpression']],
      [PutItemCommand, [...WRITE, 'Item']],
      [UpdateItemCommand, [...WRITE, 'Key', 'UpdateExpression']],
      [DeleteItemCommand, [...WRITE, 'Key']],
      [QueryCommand, [...PAGE, 'KeyConditionExpression', 'ScanIndexForward']],
      [ScanCommand, [...PAGE, 'Segment', 'TotalSegments']],
      [BatchGetItemCommand, ['RequestItems']],
      [BatchWriteItemCommand, ['RequestItems']],
      [TransactWriteItemsCommand, ['TransactItems', 'ClientRequestToken']],
      [BatchExecuteStatementCommand, ['Statements']],
      [
        CreateTableCommand,
        ['TableName', 'KeySchema', 'AttributeDefinitions', 'BillingMode', 'ProvisionedThroughput', 'Tags'],
      ],
      [UpdateTableCommand, ['TableName', 'StreamSpecification']],
      [DescribeStreamCommand, ['StreamArn', 'Limit', 'ExclusiveStartShardId', 'ShardFilter']],
      [GetShardIteratorCommand, ['StreamArn', 'ShardId', 'ShardIteratorType', 'SequenceNumber']],
      [GetRecordsCommand, ['ShardIterator', 'Limit']],
      [
        CreateEventSourceMappingCommand,
        [
          'EventSourceArn',
          'FunctionName',
          'StartingPosition',
          'BatchSize',
          'MaximumBatchingWindowInSeconds',
          'ParallelizationFactor',
        ],
      ],
      ...S3_PARAMETERS,
    ] as const
  ).map(([command, names]) => [command, new Set<string>(names)]),
);

/** @throws Error where a command asks for something that the model would pass over. */
export function assertKnown(command: {
  readonly input: object;
  readonly constructor: { readonly name: string };
}): void {
  const known = KNOWN.get(command.constructor);
  if (!known) return;
  for (const [name, value] of Object.entries(command.input))
    if (value !== undefined && !known.has(name))
      throw new Error(`the modelled AWS does not know ${name} of ${command.constructor.name}`);
}
