import { describe, expect, it } from 'vitest';
import { CommandLine } from './command-line.ts';

describe('the command line', () => {
  it('shows every command in its help and ends well', async () => {
    const { code, out } = await new CommandLine().run('--help');
    expect(code).toBe(0);
    for (const name of [
      'start',
      'status',
      'watch',
      'pause',
      'resume',
      'pace',
      'approve',
      'postpone',
      'report',
      'route',
      'validate',
      'schema',
    ])
      expect(out).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  it.each([
    ['start'],
    ['status'],
    ['watch'],
    ['pause'],
    ['resume'],
    ['pace'],
    ['approve'],
    ['postpone'],
    ['report'],
    ['validate'],
    ['schema'],
    ['route', 'create'],
    ['route', 'show'],
    ['route', 'retire'],
  ])('gives an example in the help of %s %s', async (...command: string[]) => {
    const { code, out } = await new CommandLine().run(...command, '--help');
    expect(code).toBe(0);
    expect(out).toContain(`  $ segue ${command.join(' ')}`);
  });

  it.each([
    [['copy']],
    [['status']],
    [['status', 'orders', 'invoices']],
    [['status', 'orders', '--colour']],
    [['route']],
    [['route', 'create', 'orders']],
    [[]],
  ])('says that %j is wrong usage', async (args) => {
    const { code, out, errors } = await new CommandLine().run(...args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(errors).not.toBe('');
  });

  it('prints the JSON Schema of the spec', async () => {
    const { code, out } = await new CommandLine().run('schema');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ type: 'object', required: ['name', 'resources'] });
  });
});
