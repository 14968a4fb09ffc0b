import type { Side } from './direction.ts';
import type { S3Output } from './router-s3-answers.ts';
import type { S3Input } from './router-s3-names.ts';

/** After it comes no other text in the order of S3's keys, which is that of UTF-8. */
export const LAST_CHARACTER = '\u{10ffff}';
const MARK = 'segue.';

interface ListingToken {
  readonly side: Side;
  /** S3's own. */
  readonly token: string;
  /** What was listed last, under the name that the application knows: the same place on either side. */
  readonly after: string;
}

/**
 * A page of ListObjectsV2 whose token can be continued on either side: S3's own is known to one bucket alone, and a
 * listing may last across the switch.
 */
export function withOwnToken(page: S3Output, side: Side, asked: S3Input): S3Output {
  const { NextContinuationToken: token, ContinuationToken: sent } = page;
  const echo = sent === undefined ? {} : { ContinuationToken: asked.ContinuationToken };
  if (typeof token !== 'string') return { ...page, ...echo };
  // A page may be empty, and yet not the last one.
  const after = lastOf(page) ?? ownToken(asked)?.after ?? String(asked.StartAfter ?? '');
  const own: ListingToken = { side, token, after };
  return {
    ...page,
    ...echo,
    NextContinuationToken: MARK + Buffer.from(JSON.stringify(own)).toString('base64url'),
  };
}

/** The request for the next page, by the token of the side that it is sent to, or from the last key on. */
export function withTokenOf(side: Side, input: S3Input): S3Input {
  const own = ownToken(input);
  if (!own) return input;
  return own.side === side
    ? { ...input, ContinuationToken: own.token }
    : { ...input, ContinuationToken: undefined, StartAfter: own.after };
}

export function ownToken({ ContinuationToken: token }: S3Input): ListingToken | undefined {
  if (typeof token !== 'string' || !token.startsWith(MARK)) return undefined;
  return JSON.parse(Buffer.from(token.slice(MARK.length), 'base64url').toString()) as ListingToken;
}

/** The last key of a page; of a common prefix, what comes after all of its keys. */
function lastOf({ Contents, CommonPrefixes, EncodingType }: S3Output): string | undefined {
  const plain = (text: string) =>
    EncodingType === 'url' ? decodeURIComponent(text.replaceAll('+', ' ')) : text;
  const key = (Contents as { Key?: string }[] | undefined)?.at(-1)?.Key;
  const prefix = (CommonPrefixes as { Prefix?: string }[] | undefined)?.at(-1)?.Prefix;
  const ends = [
    ...(key === undefined ? [] : [plain(key)]),
    ...(prefix === undefined ? [] : [plain(prefix) + LAST_CHARACTER]),
  ];
  return ends.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).at(-1);
}
