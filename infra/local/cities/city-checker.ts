import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Verdict } from '../verdict.ts';
import { judgeCities } from './city-judge.ts';
import type { CityLedger } from './city-ledger.ts';
import { type Item, itemText } from './item-text.ts';
import { takeSnapshot } from './table-snapshot.ts';

export interface CityCheckOptions {
  /** Without the router: it reads both sides as they are. While there is a way back, the application's own client. */
  readonly client: DynamoDBClient;
  /** The side that was left; left out while it is still kept in step. */
  readonly source?: string;
  /** The side that the application works on, by the name that the client knows. */
  readonly target: string;
  readonly ledger: CityLedger;
  /** What the source was filled with. Without it an item that nobody touched is only compared with the other side. */
  readonly seeded?: readonly Item[];
  /**
   * When the route was switched (milliseconds since the epoch): what was acknowledged before must be on both sides,
   * what came after only on the target.
   */
  readonly switchedAt?: number | undefined;
}

/**
 * The independent count: reads both tables completely, when nobody writes any more, and holds them against what the
 * application was told. It imports nothing of the migrator's.
 */
export async function checkCities({ client, source, target, ...rest }: CityCheckOptions): Promise<Verdict> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: target }));
  const keyNames = (Table?.KeySchema ?? []).flatMap(({ AttributeName }) => AttributeName ?? []);
  const { records, counters, claims } = rest.ledger;
  const written = new Set([
    ...records.map(({ key }) => key),
    ...[...counters, ...claims].map(({ key }) => itemText(key)),
  ]);
  const snapshot = (table: string) => takeSnapshot(client, table, keyNames, (key) => written.has(key));
  return judgeCities({
    ...rest,
    keyNames,
    source: source === undefined ? undefined : await snapshot(source),
    target: await snapshot(target),
  });
}
