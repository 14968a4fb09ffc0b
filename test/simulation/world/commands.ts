import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateBackupCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteResourcePolicyCommand,
  DescribeBackupCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  GetResourcePolicyCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  PutResourcePolicyCommand,
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
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { createBackup, describeBackup } from './backup-commands.ts';
import { batchGet, batchWrite } from './batch-commands.ts';
import type { Database } from './database.ts';
import { deleteItem, getItem, putItem, updateItem } from './item-commands.ts';
import { query, scan } from './page-commands.ts';
import { batchExecute } from './partiql.ts';
import { deletePolicy, getPolicy, putPolicy } from './policy-commands.ts';
import type { Commands, Execute } from './service.ts';
import { describeStream, getRecords, getShardIterator, listStreams } from './stream-commands.ts';
import { createTable, describeTable, describeTimeToLive, listTags, updateTable } from './table-commands.ts';
import { transactWrite } from './transactions.ts';

export const DYNAMODB_COMMANDS: Commands<Database> = new Map<unknown, Execute<Database>>([
  [GetItemCommand, getItem],
  [PutItemCommand, putItem],
  [UpdateItemCommand, updateItem],
  [DeleteItemCommand, deleteItem],
  [QueryCommand, query],
  [ScanCommand, scan],
  [BatchGetItemCommand, batchGet],
  [BatchWriteItemCommand, batchWrite],
  [TransactWriteItemsCommand, transactWrite],
  [BatchExecuteStatementCommand, batchExecute],
  [CreateTableCommand, createTable],
  [DescribeTableCommand, describeTable],
  [UpdateTableCommand, updateTable],
  [DescribeTimeToLiveCommand, describeTimeToLive],
  [ListTagsOfResourceCommand, listTags],
  [CreateBackupCommand, createBackup],
  [DescribeBackupCommand, describeBackup],
  [PutResourcePolicyCommand, putPolicy],
  [GetResourcePolicyCommand, getPolicy],
  [DeleteResourcePolicyCommand, deletePolicy],
]);

export const STREAMS_COMMANDS: Commands<Database> = new Map<unknown, Execute<Database>>([
  [ListStreamsCommand, listStreams],
  [DescribeStreamCommand, describeStream],
  [GetShardIteratorCommand, getShardIterator],
  [GetRecordsCommand, getRecords],
]);
