import { cityKey } from '../../infra/local/cities/cities.ts';
import type { Item } from '../../infra/local/cities/item-text.ts';

/** 40 bytes below the largest size of an item: there is no room for a version in it. */
export const LARGE: Item = { ...cityKey(2, 'large'), text: { S: 'x'.repeat(409_537) } };
