import { describe, expect, it } from 'vitest';
import { pageItems } from '../../../shared/stores/dynamodb-pages.ts';

describe('the items of a page', () => {
  const average = { items: 64, bytes: 64 * 2_048 };

  it('are as many as a worker may read and write', () => {
    // 2 KB are half a read unit and two write units.
    expect(pageItems({ read: 2_500, write: 300 }, average)).toBe(300 / 2);
    expect(pageItems({ read: 100 }, average)).toBe(100 / 0.5);
  });

  it('begin with one, and grow', () => {
    const share = { write: 500 };
    expect(pageItems(share, undefined)).toBe(1);
    expect(pageItems(share, { items: 1, bytes: 100 })).toBe(8);
    expect(pageItems(share, { items: 8, bytes: 800 })).toBe(64);
    expect(pageItems(share, { items: 1, bytes: 600_000 })).toBe(1);
  });

  it('are as many as come where no unit of a table is limited', () => {
    expect(pageItems({ request: 10 }, average)).toBeUndefined();
  });
});
