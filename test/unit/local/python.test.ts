import { describe, expect, it } from 'vitest';
import { choosePython, type Python } from '../../../infra/local/python.ts';

const python = (minor: number, complete = true): Python => ({
  path: `/usr/bin/python3.${minor}`,
  major: 3,
  minor,
  complete,
});

describe('the Python for the embedded AWS', () => {
  it('is the first that is new enough and can make environments', () => {
    expect(choosePython([python(8), python(12, false), python(11), python(13)])).toEqual(python(11));
  });

  it('is one that was tried before one that is newer', () => {
    expect(choosePython([python(15), python(12)])).toEqual(python(12));
    expect(choosePython([python(15)])).toEqual(python(15));
  });

  it.each([
    ['is missing', [], /^Python 3\.10 or newer is needed for the embedded AWS: install it .*\.$/],
    ['is too old', [python(9)], /found only 3\.9 \(\/usr\/bin\/python3\.9\): install it/],
    ['lacks its venv module', [python(11, false)], /cannot make virtual environments: .*python3\.11-venv/],
  ])('that %s is asked for in one sentence', (_what, found, sentence) => {
    expect(() => choosePython(found)).toThrow(sentence);
  });
});
