import type { JudgeName } from './judge.ts';

/** A key that some S3 or some client takes for another one. */
export interface SpecialKey {
  readonly key: string;
  readonly body?: string;
  /** What becomes of its object on these judges. A judge that is not named keeps it, as AWS does. */
  readonly instead?: Partial<Record<JudgeName, string>>;
}

/** Limit of a key, in bytes of UTF-8. */
const MOST_KEY_BYTES = 1_024;

/** AWS, "Naming Amazon S3 objects": any UTF-8 of up to 1,024 bytes, taken as it is. */
export const SPECIAL_KEYS: Readonly<Record<string, SpecialKey>> = {
  'an empty object': { key: 'empty', body: '' },
  'an empty object like a folder': { key: 'folder/', body: '', instead: { versitygw: '500 InternalError' } },
  'a trailing slash, with content': {
    key: 'folder/',
    instead: { versitygw: '400 DirectoryObjectContainsData' },
  },
  'a leading slash': { key: '/a', instead: { versitygw: 'becomes a' } },
  'two slashes': { key: 'a//b', instead: { versitygw: 'becomes a/b' } },
  'a segment of one dot': { key: 'a/./b', instead: { versitygw: 'becomes a/b' } },
  'a segment of one dot at the beginning': { key: './b', instead: { versitygw: 'becomes b' } },
  'a segment of two dots': { key: 'a/../b', instead: { versitygw: 'becomes b' } },
  'dots within a name': { key: '..a/b..c/...' },
  spaces: { key: ' a  b ' },
  'a plus': { key: 'a+b' },
  'a percent sign': { key: '100%' },
  'a key that looks encoded': { key: 'a%20b%2Fc+d' },
  'characters of URLs': { key: 'a?b=c&d#e;f:g@h' },
  'characters of XML': { key: `<a b="c" d='e'>&amp;` },
  'a backslash and control characters': { key: 'a\\b\tc\nd\r\u007f' },
  'a character that XML does not have': { key: 'a\u0001b', instead: { versitygw: 'becomes a\uFFFDb' } },
  'composed letters': { key: 'é/ü'.normalize('NFC') },
  'decomposed letters': { key: 'é/ü'.normalize('NFD') },
  'characters beyond the basic plane': { key: '😀/𝄞' },
  '1,024 bytes': {
    key: 'x'.repeat(MOST_KEY_BYTES),
    instead: { versitygw: '400 KeyTooLongError' },
  },
  // Ten bytes to a folder.
  '1,024 bytes in folders': { key: 'é/3456789'.repeat(103).slice(0, 921) },
};
