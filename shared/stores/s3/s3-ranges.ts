import type { S3 } from '../../clients.ts';
import type { BucketLocation } from '../../model.ts';
import { Alphabet, between, commonPrefix, LAST } from './s3-key-space.ts';
import { type KeyRange, type ListedObject, listPage } from './s3-listing.ts';

/** How the keys of a side are cut. */
export interface Ranges {
  /** The last key of each range but of the last one, relative to the prefix and in order. No object need have it. */
  readonly bounds: readonly string[];
  readonly objects: number;
  readonly bytes: number;
  /** What objects and bytes are estimated from; absent where all were seen. */
  readonly estimatedFrom?: string;
}

/** A range of keys and its first page. */
interface Range extends KeyRange {
  readonly seen: readonly ListedObject[];
  readonly isWhole: boolean;
}

const PAGE_OBJECTS = 1_000;
/** Requests for one range that is wanted: beyond them the keys lie too close together to be cut. */
const PROBES_PER_RANGE = 40;

/**
 * Cuts the keys of a side into ranges of about the same number of objects, by probing its listing with `StartAfter`: so
 * a flat prefix of any size is cut without being listed from its beginning to its end.
 * @param wanted how many ranges at most. A range is not cut within its first 1,000 keys.
 * @param known keys in order at which it is cut in any case.
 */
export async function planRanges(
  client: S3,
  location: BucketLocation,
  wanted: number,
  known: readonly string[] = [],
): Promise<Ranges> {
  const prober = new Prober(client, location, PROBES_PER_RANGE * wanted);
  const ranges: Range[] = [];
  const alphabet = new Alphabet();
  for (let index = 0; index <= known.length; index++)
    ranges.push(await prober.look({ after: known[index - 1], to: known[index] }));
  for (const range of ranges) alphabet.add(keysOf(range));
  while (ranges.length < wanted && !prober.isSpent) {
    const largest = ranges.filter(({ isWhole }) => !isWhole).toSorted(byEstimate(alphabet))[0];
    if (!largest) break;
    const halves = await prober.split(largest);
    for (const half of halves) alphabet.add(keysOf(half));
    ranges.splice(ranges.indexOf(largest), 1, ...halves);
  }
  return summary(ranges, alphabet);
}

class Prober {
  readonly #client: S3;
  readonly #location: BucketLocation;
  #left: number;

  constructor(client: S3, location: BucketLocation, most: number) {
    this.#client = client;
    this.#location = location;
    this.#left = most;
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  async look(range: KeyRange): Promise<Range> {
    const { objects, next } = await this.#list(range, PAGE_OBJECTS);
    return { ...range, seen: objects, isWhole: next === undefined };
  }

  /** Two ranges for one, or the same with an end that is nearer to its last key. */
  async split(range: Range): Promise<Range[]> {
    const seenTo = range.seen.at(-1)?.key ?? '';
    let to = range.to ?? `${await this.#sharedPrefix(range)}${LAST}`;
    for (
      let middle = between(seenTo, to);
      middle !== undefined && !this.isSpent;
      middle = between(seenTo, to)
    ) {
      const behind = await this.look({ after: middle, to: range.to });
      if (behind.seen.length > 0) return [{ ...range, to: middle }, behind];
      to = middle;
    }
    // Nothing lies behind what was seen, if there were requests enough to tell.
    return [{ ...range, isWhole: !this.isSpent }];
  }

  /** The longest beginning of the last key seen that all keys after it have, too: probed by halves. */
  async #sharedPrefix({ seen, to }: Range): Promise<string> {
    const characters = [...commonPrefix(seen[0]?.key ?? '', seen.at(-1)?.key ?? '')];
    let [shared, notShared] = [0, characters.length + 1];
    while (notShared - shared > 1) {
      const length = Math.floor((shared + notShared) / 2);
      const after = `${characters.slice(0, length).join('')}${LAST}`;
      const { objects } = await this.#list({ after, to }, 1);
      if (objects.length === 0) shared = length;
      else notShared = length;
    }
    return characters.slice(0, shared).join('');
  }

  #list(range: KeyRange, most: number) {
    this.#left--;
    return listPage(this.#client, this.#location, range, most);
  }
}

function keysOf({ seen }: Range): string[] {
  return seen.map(({ key }) => key);
}

function byEstimate(alphabet: Alphabet) {
  return (a: Range, b: Range) => estimate(b, alphabet) - estimate(a, alphabet);
}

/** Objects of a range, if they lie as close together as those of its first page. */
function estimate({ seen, isWhole, to = LAST }: Range, alphabet: Alphabet): number {
  const [first, last] = [seen[0]?.key ?? '', seen.at(-1)?.key ?? ''];
  if (isWhole || seen.length === 0) return seen.length;
  const prefix = commonPrefix(first, to).length;
  const position = (key: string) => alphabet.position(key.slice(prefix));
  const part = (position(last) - position(first)) / Math.max(Number.EPSILON, position(to) - position(first));
  return seen.length / Math.min(1, Math.max(part, Number.EPSILON));
}

function summary(ranges: readonly Range[], alphabet: Alphabet): Ranges {
  const seen = ranges.flatMap((range) => range.seen);
  const isExact = ranges.every(({ isWhole }) => isWhole);
  const objects = isExact
    ? seen.length
    : Math.round(ranges.reduce((sum, range) => sum + estimate(range, alphabet), 0));
  const seenBytes = seen.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    bounds: ranges.slice(0, -1).map(({ to = '' }) => to),
    objects,
    bytes: seen.length === 0 ? 0 : Math.round((seenBytes / seen.length) * objects),
    ...(isExact ? {} : { estimatedFrom: 'a part of its listing' }),
  };
}
