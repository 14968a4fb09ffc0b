import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyOfObject, relativeKey, wholeKey } from '../../../../shared/stores/s3/s3-key.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 6 });
const near = fc.constantFrom('', 'a', 'a/', 'a/a', 'a//', '/', 'b/a');

it('maps no two objects of a source to one key of the target, whatever the prefixes are', () => {
  fc.assert(
    fc.property(
      fc.oneof(text, near),
      fc.oneof(text, near),
      fc.uniqueArray(fc.oneof(text, near), { minLength: 2, maxLength: 6 }),
      (from, to, names) => {
        const source = { bucket: 'photos', prefix: from };
        const target = { bucket: 'photos-v2', prefix: to };
        const moved = names
          .map((name) => wholeKey(source, name))
          .map((key) => relativeKey(keyOfObject(key.slice(from.length))))
          .map((name) => wholeKey(target, name));
        expect(new Set(moved).size).toBe(names.length);
      },
    ),
  );
});
