import { DescribeTableCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { contentDigest, type Item } from '../../infra/local/cities/item-text.ts';
import { keyText } from '../../infra/local/cities/table-snapshot.ts';
import { dynamodb } from './aws.ts';

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
