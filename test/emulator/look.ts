import {
  DescribeTableCommand,
  ListTagsOfResourceCommand,
  paginateScan,
  type Tag,
  TagResourceCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { check } from '../../infra/local/checker.ts';
import { contentDigest, type Item } from '../../infra/local/item-text.ts';
import type { Ledger } from '../../infra/local/ledger.ts';
import { keyText } from '../../infra/local/table-snapshot.ts';
import type { Verdict } from '../../infra/local/verdict.ts';
import type { MigrationReport } from '../../shared/report/report.ts';
import { dynamodb, lambda, outputs, s3 } from './aws.ts';
import type { TablePair } from './tables.ts';

/** All items of a table. */
export async function itemsOf(table: string): Promise<Item[]> {
  const items: Item[] = [];
  const pages = paginateScan({ client: dynamodb }, { TableName: table, ConsistentRead: true });
  for await (const { Items = [] } of pages) items.push(...Items);
  return items;
}

/** Digests of a table's items, under the text of their keys. */
export async function contentOf(table: string): Promise<Record<string, string>> {
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
  const names = (Table?.KeySchema ?? []).flatMap(({ AttributeName }) => AttributeName ?? []);
  return Object.fromEntries(
    (await itemsOf(table)).map((item) => [keyText(item, names), contentDigest(item)]),
  );
}

/** What a table has of what a migration turns on for its time. */
export async function captureOf(table: string): Promise<{ stream: boolean; mappings: number }> {
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
  const stream = Table?.StreamSpecification?.StreamEnabled === true;
  if (!Table?.LatestStreamArn) return { stream, mappings: 0 };
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ EventSourceArn: Table.LatestStreamArn }),
  );
  return { stream, mappings: EventSourceMappings.length };
}

/** Enables a stream, as a user might have it. @returns the stream's ARN. */
export async function enableStream(table: string, type: 'KEYS_ONLY' | 'NEW_AND_OLD_IMAGES'): Promise<string> {
  const { TableDescription } = await dynamodb.send(
    new UpdateTableCommand({
      TableName: table,
      StreamSpecification: { StreamEnabled: true, StreamViewType: type },
    }),
  );
  return TableDescription?.LatestStreamArn ?? '';
}

export async function tag(table: string, Tags: Tag[]): Promise<void> {
  await dynamodb.send(new TagResourceCommand({ ResourceArn: await arnOf(table), Tags }));
}

export async function tagsOf(table: string): Promise<Tag[]> {
  const { Tags = [] } = await dynamodb.send(
    new ListTagsOfResourceCommand({ ResourceArn: await arnOf(table) }),
  );
  return Tags;
}

async function arnOf(table: string): Promise<string | undefined> {
  return (await dynamodb.send(new DescribeTableCommand({ TableName: table }))).Table?.TableArn;
}

export const NOT_CAPTURED = { stream: false, mappings: 0 };

/** Everything that the journal keeps under a name. */
export async function journalOf(name: string): Promise<Item[]> {
  const records = await itemsOf(outputs.JournalTable);
  return records.filter(({ pk }) => pk?.S?.split('#').includes(name));
}

/** The newest report of a migration, and its twin. */
export async function reportOf(name: string): Promise<{ html: string; json: MigrationReport }> {
  const read = async (extension: string): Promise<string> => {
    const Key = `${name}/report.${extension}`;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: outputs.ReportBucket, Key }));
    return (await Body?.transformToString()) ?? '';
  };
  return { html: await read('html'), json: JSON.parse(await read('json')) };
}

interface CountOptions {
  readonly pair: TablePair;
  readonly ledger: Ledger;
  readonly seeded: readonly Item[];
  readonly switchedAt: number | undefined;
}

/** The independent count of a migration that is over. */
export function count({ pair, switchedAt, ...options }: CountOptions): Promise<Verdict> {
  return check({
    client: dynamodb,
    ...pair,
    ...options,
    ...(switchedAt === undefined ? {} : { switchedAt }),
  });
}

/** All harm that the independent count found. */
export function harm({ findings, ledger: { failures, contradictions, twice } }: Verdict): object {
  return { findings, failures, contradictions, twice };
}

export const NO_HARM = { findings: [], failures: [], contradictions: [], twice: [] };
