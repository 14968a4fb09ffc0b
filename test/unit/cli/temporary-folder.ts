import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder for the tests of a file, removed after them. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'segue-cli-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Writes a spec, or any other text. @returns its path. */
export function specFile(folder: string, content: unknown): string {
  const path = join(folder, 'spec.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}
