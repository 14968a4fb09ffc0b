import { itemText } from '../items.ts';
import type { KeyEntry } from '../journal/key-lists.ts';
import { resourceName, type Spec } from '../spec.ts';

/** Keys that needed attention: keys alone, never the content of an item. */
export interface KeyListReport {
  readonly total: number;
  readonly listed: readonly ListedKey[];
  /** How many there are beyond those listed. */
  readonly others: number;
}

export interface ListedKey {
  /** Name of the table, or of the bucket and its prefix. */
  readonly resource: string;
  /** In DynamoDB's JSON, binary values as base64. */
  readonly key: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly reason?: string | undefined;
}

const MOST_LISTED = 50;

/** A list of keys for the report. `side` says whose key it is. */
export function keyListReport(
  entries: readonly KeyEntry[],
  resources: Spec['resources'],
  side: 'source' | 'target',
): KeyListReport {
  const nameOf = (index: number) => {
    const resource = resources[index];
    return resource ? resourceName(resource[side]) : `resource ${index}`;
  };
  const listed = entries.slice(0, MOST_LISTED).map(({ resource, key, reason }) => ({
    resource: nameOf(resource),
    key: JSON.parse(itemText(key)) as ListedKey['key'],
    reason,
  }));
  return { total: entries.length, listed, others: entries.length - listed.length };
}

/** A key in one line: city = "4711", page = 3. */
export function keyLine(key: ListedKey['key']): string {
  return Object.entries(key)
    .map(([name, value]) => {
      if (value.S !== undefined) return `${name} = ${JSON.stringify(value.S)}`;
      return `${name} = ${value.N ?? `base64 ${value.B}`}`;
    })
    .join(', ');
}
