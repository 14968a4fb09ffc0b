import type { ResourceKind } from '../spec.ts';
import { countText } from './format.ts';

/** What a migration moves, as people call it. */
export interface Noun {
  readonly one: string;
  readonly many: string;
}

const NOUNS: Readonly<Record<ResourceKind, Noun>> = {
  table: { one: 'item', many: 'items' },
  bucket: { one: 'object', many: 'objects' },
};
const BOTH: Noun = { one: 'item or object', many: 'items and objects' };

/** Tables hold items, buckets hold objects. */
export function nounOf(kinds: readonly ResourceKind[]): Noun {
  const [first = 'table', ...others] = new Set(kinds);
  return others.length > 0 ? BOTH : NOUNS[first];
}

/** The same of what a report is about. */
export function movedNoun({
  resources,
}: {
  readonly resources: readonly { readonly kind: ResourceKind }[];
}): Noun {
  return nounOf(resources.map(({ kind }) => kind));
}

/** A count with its noun: 1 item, 2 objects. */
export function counted(value: number, { one, many }: Noun): string {
  return `${countText(value)} ${value === 1 ? one : many}`;
}

/** With a capital letter, as in a heading. */
export function heading(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Some resources of these kinds: 3 tables; 1 table and 1 bucket. */
export function resourcesText(kinds: readonly ResourceKind[]): string {
  const texts = (['table', 'bucket'] as const).flatMap((kind) => {
    const count = kinds.filter((one) => one === kind).length;
    return count > 0 ? [`${countText(count)} ${kind}${count === 1 ? '' : 's'}`] : [];
  });
  return texts.join(' and ');
}
