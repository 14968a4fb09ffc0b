import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CommandLine } from './command-line.ts';
import { ordersSpec } from './journal-of-orders.ts';
import { specFile, temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();

describe('segue validate', () => {
  it('accepts a valid spec', async () => {
    const { code, out } = await new CommandLine().run('validate', specFile(folder, ordersSpec));
    expect(code).toBe(0);
    expect(out).toContain('migration orders moves 1 table');
  });

  it('lists every problem at once', async () => {
    const { code, errors } = await new CommandLine().run(
      'validate',
      specFile(folder, { ...ordersSpec, name: '?', colour: 'red' }),
    );
    expect(code).toBe(1);
    expect(errors).toMatch(/2 problems/);
    expect(errors).toMatch(/colour: unknown key/);
  });

  it('says in one line when the file is missing or not JSON', async () => {
    const missing = await new CommandLine().run('validate', join(folder, 'none.json'));
    const text = await new CommandLine().run('validate', specFile(folder, '{'));
    expect(missing).toMatchObject({ code: 1, errors: expect.stringMatching(/^segue: .*none\.json.*\n$/) });
    expect(text).toMatchObject({ code: 1, errors: expect.stringMatching(/^segue: .*is not JSON.*\n$/) });
  });
});
