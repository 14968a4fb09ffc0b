import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A picture on this machine's disk. */
export interface PictureFile {
  /** As `64/1f600.png`: the folder in the package, and the code points of the emoji. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  bytes(): Uint8Array;
}

/**
 * That many PNG files of the npm package `emoji-datasource-twitter`, spread evenly over its 3,802: emojis of 3 KB, and
 * some sheets of all emojis, of up to 11 MB.
 */
export function pictureFiles(count: number): PictureFile[] {
  const folder = join(
    dirname(fileURLToPath(import.meta.resolve('emoji-datasource-twitter/package.json'))),
    'img',
    'twitter',
  );
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.png'))
    .map((name) => name.replaceAll(sep, '/'))
    .sort();
  const wanted = Math.min(count, names.length);
  return Array.from({ length: wanted }, (_, index) => {
    const name = names[Math.floor((index * names.length) / wanted)] as string;
    const path = join(folder, name);
    return { name, size: statSync(path).size, bytes: () => readFileSync(path) };
  });
}
