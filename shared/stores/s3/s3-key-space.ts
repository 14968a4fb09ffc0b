import { compareKeys } from './s3-key.ts';

/** Greater than every character of a key, and a valid one. */
export const LAST = '\u{10ffff}';
/** Keys are mostly of printable ASCII: the middle is looked for there first. */
const USUAL_LAST = 0x7f;
const SURROGATES = [0xd800, 0xdfff] as const;
/** Characters that decide where a key lies among others. */
const DIGITS = 8;

export function commonPrefix(a: string, b: string): string {
  const [left, right] = [[...a], [...b]];
  const length = left.findIndex((character, index) => character !== right[index]);
  return length < 0 ? a : left.slice(0, length).join('');
}

/**
 * A short text about halfway between two keys, in the order in which S3 lists them.
 * @returns undefined if there is none.
 */
export function between(low: string, high: string): string | undefined {
  const prefix = commonPrefix(low, high);
  const lows = [...low.slice(prefix.length)];
  const top = high.slice(prefix.length).codePointAt(0) ?? 0;
  // Where no character is between, one further back may be, behind what begins like the lower key.
  for (let kept = 0; kept <= lows.length; kept++) {
    const bottom = lows[kept]?.codePointAt(0) ?? 0;
    const middle = character(bottom, kept === 0 ? usualTop(bottom, top) : USUAL_LAST);
    const text = middle && `${prefix}${lows.slice(0, kept).join('')}${middle}`;
    if (text && compareKeys(low, text) < 0 && compareKeys(text, high) < 0) return text;
  }
  return undefined;
}

function usualTop(bottom: number, top: number): number {
  return top > USUAL_LAST && bottom < USUAL_LAST - 1 ? USUAL_LAST : top;
}

/** The character halfway between two others, if there is one. Halves of a surrogate pair are none. */
function character(bottom: number, top: number): string | undefined {
  const middle = Math.floor((bottom + top) / 2);
  if (middle <= bottom || middle >= top) return undefined;
  const isHalf = middle >= SURROGATES[0] && middle <= SURROGATES[1];
  return String.fromCodePoint(isHalf ? SURROGATES[0] - 1 : middle);
}

/** The characters that keys were seen to have: where a key lies is counted in these, as in digits. */
export class Alphabet {
  #characters: readonly number[] = [];

  add(keys: readonly string[]): void {
    const seen = new Set(this.#characters);
    for (const key of keys) for (const one of key) seen.add(one.codePointAt(0) as number);
    this.#characters = [...seen].sort((a, b) => a - b);
  }

  /** Where a key lies among all that could be written in these characters: from 0 to 1. */
  position(key: string): number {
    const base = this.#characters.length + 1;
    return [...key]
      .slice(0, DIGITS)
      .reduce((sum, one, index) => sum + this.#rank(one.codePointAt(0) as number) / base ** (index + 1), 0);
  }

  #rank(codePoint: number): number {
    const larger = this.#characters.findIndex((one) => one >= codePoint);
    return larger < 0 ? this.#characters.length : larger;
  }
}
