import { expect, it } from 'vitest';
import { telling, type Version } from '../../../../shared/stores/s3/s3-history.ts';
import { type Gap, gapBetween } from '../../../../shared/stores/s3/s3-history-gap.ts';

/** A history, the oldest version first: a letter is an object, a dot a delete marker. */
function history(text: string): Version[] {
  return [...text].map((one, index) =>
    one === '.'
      ? { kind: 'marker', versionId: `${index}` }
      : { kind: 'object', versionId: `${index}`, bytes: 1, etag: one },
  );
}

function textOf(versions: readonly (Version | { readonly kind: 'marker' })[]): string {
  return versions.map((one) => ('etag' in one ? one.etag : '.')).join('');
}

function gap(active: string, passive: string, isOrigin = false): Gap {
  const questions = gapBetween(history(active), history(passive), isOrigin);
  let step = questions.next();
  while (!step.done) {
    const [ours, theirs] = step.value;
    step = questions.next(textOf([ours]) === textOf([theirs]));
  }
  return step.value;
}

it.each([
  ['nothing of nothing', '', '', ''],
  ['everything of a new key', 'ab.c', '', 'ab.c'],
  ['what has come since', 'ab.c', 'ab', '.c'],
  ['nothing where both are the same', 'ab.c', 'ab.c', ''],
  ['the second of two that are the same', 'aa', 'a', 'a'],
  ['what was before once more', 'aba', 'ab', 'a'],
  ['nothing where the active side has lost earlier versions', 'c', 'abc', ''],
  ['what came after those that the active side has lost', 'cd', 'ab', 'cd'],
  ['everything behind what stood there before', 'ab', 'x', 'ab'],
  ['the version that is current again', 'a', 'ab', 'a'],
  ['a deletion where nothing is known of the key', '', 'a', '.'],
  ['nothing where it is deleted and nothing is known of it', '', 'a.', ''],
  ['a deletion that was taken back', 'a', 'a.', 'a'],
  ['what S3 has put before a newer one, and the newer one again', 'abc', 'ac', 'bc'],
])('what is missing is %s', (_, active, passive, missing) => {
  expect(textOf(gap(active, passive).missing)).toBe(missing);
});

it.each([
  ['nothing that it has deleted itself', 'abc', 'bc', ''],
  ['what has come since, behind what it has kept', 'abcd', 'c', 'd'],
  ['nothing that stood at the target before', 'xab', 'ab', ''],
  ['both at once', 'xabcd', 'bc', 'd'],
  ['what was before once more', 'xyx', 'x', 'yx'],
  ['nothing of what was before once more and is there', 'xyx', 'xyx', ''],
  ['all of a new key', 'ab', '', 'ab'],
  ['all where nothing is left', 'ab', 'z', 'ab'],
  ['the current one above what somebody else has written', 'xab', 'abz', 'b'],
  ['nothing once that is there', 'xab', 'abzb', ''],
  ['what has come above what somebody else has written', 'xabc', 'abz', 'c'],
  ['a deletion', 'xab.', 'ab', '.'],
])('what is missing at the origin is %s', (_, active, passive, missing) => {
  expect(textOf(gap(active, passive, true).missing)).toBe(missing);
});

it.each([false, true])(
  'what is added closes the gap, whatever stands there (at the origin: %s)',
  (isOrigin) => {
    const texts = ['', 'a', 'b', 'c', 'xab', 'abxb', 'a.', 'ab', 'aa', 'a.a', 'ab.', 'aba', 'b.a.b', 'a.b.a'];
    for (const active of texts)
      for (const passive of texts) {
        const after = passive + textOf(gap(active, passive, isOrigin).missing);
        expect(gap(active, after, isOrigin).missing, `${active} after ${passive}`).toEqual([]);
      }
  },
);

it('no delete marker is added but upon an object', () => {
  const texts = ['', 'a', 'a.', 'a.b.', 'b.', 'ab.', 'a.a.'];
  for (const active of texts)
    for (const passive of texts) {
      const after = passive + textOf(gap(active, passive).missing);
      expect(textOf(telling(history(after)))).toBe(after);
    }
});

it('each version of the active side that is there is told with its place', () => {
  const { pairs } = gap('ab.c', 'xab');
  expect(pairs.map(([ours, theirs]) => `${ours.versionId} at ${theirs.versionId}`)).toEqual([
    '0 at 1',
    '1 at 2',
  ]);
});

it.each([
  ['a.b', 'a.b'],
  ['.a', 'a'],
  ['a..b..', 'a.b.'],
  ['..', ''],
])('of %j what tells is %j', (all, told) => {
  expect(textOf(telling(history(all)))).toBe(told);
});
