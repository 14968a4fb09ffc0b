import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { isOnDemand } from './table-description.ts';

/** Units a second; absent where nothing is known or set. */
export interface Rates {
  readonly read?: number;
  readonly write?: number;
}

export const KINDS = ['write', 'read'] as const satisfies readonly (keyof Rates)[];

/** One of the ways in which DynamoDB says how much a table or an index takes, with the names it has there. */
interface ThroughputSetting {
  readonly title: string;
  readonly name: 'ProvisionedThroughput' | 'OnDemandThroughput' | 'WarmThroughput';
  /** Option of the AWS CLI. */
  readonly flag: string;
  readonly read: string;
  readonly write: string;
}

const PROVISIONED: ThroughputSetting = {
  title: 'provisioned capacity',
  name: 'ProvisionedThroughput',
  flag: 'provisioned-throughput',
  read: 'ReadCapacityUnits',
  write: 'WriteCapacityUnits',
};
const MAXIMUM: ThroughputSetting = {
  title: 'maximum on-demand throughput',
  name: 'OnDemandThroughput',
  flag: 'on-demand-throughput',
  read: 'MaxReadRequestUnits',
  write: 'MaxWriteRequestUnits',
};
const WARM: ThroughputSetting = {
  title: 'warm throughput',
  name: 'WarmThroughput',
  flag: 'warm-throughput',
  read: 'ReadUnitsPerSecond',
  write: 'WriteUnitsPerSecond',
};

/** The least of what bounds a table or an index. */
export interface Bound {
  readonly unitsPerSecond: number;
  readonly setting: ThroughputSetting;
}

/** The global secondary indexes that a table and another one both have. */
export function commonIndexes(one: TableDescription, other: TableDescription): string[] {
  const names = new Set(other.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName));
  return (one.GlobalSecondaryIndexes ?? []).flatMap(({ IndexName }) =>
    IndexName !== undefined && names.has(IndexName) ? [IndexName] : [],
  );
}

/** What a table, or one of its indexes, takes in a second, as far as AWS tells it. */
export function boundOf(
  table: TableDescription,
  index: string | undefined,
  kind: keyof Rates,
): Bound | undefined {
  const settings = isOnDemand(table) ? [MAXIMUM, WARM] : [PROVISIONED];
  return settings
    .flatMap((setting) => {
      const unitsPerSecond = ratesOf(table, index, setting)[kind];
      return unitsPerSecond === undefined ? [] : [{ unitsPerSecond, setting }];
    })
    .sort((a, b) => a.unitsPerSecond - b.unitsPerSecond)[0];
}

/** What somebody has set a table to take; warm throughput is left out, which grows by itself. */
export function setRates(table: TableDescription): Rates {
  return ratesOf(table, undefined, isOnDemand(table) ? MAXIMUM : PROVISIONED);
}

/** How much a table takes in the ways that apply to it; undefined for what does not, or is not known. */
export function throughputTexts(
  table: TableDescription,
  index: string | undefined,
): { readonly what: string; readonly text: string | undefined }[] {
  const place = index === undefined ? '' : ` of index ${index}`;
  const onDemand = isOnDemand(table);
  return [
    { setting: PROVISIONED, applies: !onDemand },
    { setting: MAXIMUM, applies: onDemand },
    { setting: WARM, applies: Object.keys(ratesOf(table, index, WARM)).length > 0 },
  ].map(({ setting, applies }) => ({
    what: `${setting.title}${place}`,
    text: applies ? ratesText(ratesOf(table, index, setting)) : undefined,
  }));
}

/** 0 and -1 stand for what is not set. */
function ratesOf(
  table: TableDescription,
  index: string | undefined,
  { name, read, write }: ThroughputSetting,
): Rates {
  const place =
    index === undefined ? table : table.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === index);
  const values = place?.[name] as Readonly<Record<string, number | undefined>> | undefined;
  const rate = (key: string) => Math.max(0, values?.[key] ?? 0);
  return {
    ...(rate(read) > 0 ? { read: rate(read) } : {}),
    ...(rate(write) > 0 ? { write: rate(write) } : {}),
  };
}

function ratesText(rates: Rates): string {
  return KINDS.flatMap((kind) => (rates[kind] === undefined ? [] : [`${rates[kind]} ${kind}`])).join(', ');
}
