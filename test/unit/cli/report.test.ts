import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CommandLine } from './command-line.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();

describe('segue report', () => {
  it('writes both files into a folder', async () => {
    const out = join(folder, 'reports');
    const segue = new CommandLine({
      objects: { 'orders/report.html': '<html>', 'orders/report.json': '{}' },
    });
    const ended = await segue.run('report', 'orders', '--out', out);
    expect(ended).toMatchObject({
      code: 0,
      out: `${join(out, 'report.html')}\n${join(out, 'report.json')}\n`,
    });
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toBe('<html>');
    expect(readFileSync(join(out, 'report.json'), 'utf8')).toBe('{}');
  });

  it('says when reports are written if there is none', async () => {
    const { code, errors } = await new CommandLine().run('report', 'orders', '--out', folder);
    expect(code).toBe(1);
    expect(errors).toContain('a report is written when an execution ends');
  });
});
