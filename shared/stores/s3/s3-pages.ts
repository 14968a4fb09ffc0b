import { type Capacity, MEGABYTE } from '../../capacity.ts';
import type { ListedPage } from './s3-listing.ts';

/**
 * What one object may take: two requests and its bytes to be copied. To be compared nothing, as long as the listings
 * agree; where they do not, both sides are looked at again and again, until it is mended.
 */
const REQUESTS = 10;
const TIMES_ITS_BYTES = 2;

/** How many objects are listed for a page. */
export function listedObjects({ request = Number.POSITIVE_INFINITY }: Capacity, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(request / REQUESTS)));
}

/** The first objects of a listing, as many as a page may hold of their bytes, but one at least. The rest is listed again. */
export function fittingPage(page: ListedPage, { megabyte }: Capacity): ListedPage {
  if (megabyte === undefined) return page;
  let left = (megabyte * MEGABYTE) / TIMES_ITS_BYTES;
  const behind = page.objects.findIndex(({ bytes }, index) => {
    left -= bytes;
    return left < 0 && index > 0;
  });
  if (behind < 0) return page;
  const objects = page.objects.slice(0, behind);
  const last = objects.at(-1);
  return last ? { objects, next: last.key } : page;
}
