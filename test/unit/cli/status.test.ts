import { describe, expect, it } from 'vitest';
import { CommandLine } from './command-line.ts';
import { bringTo } from './journal-of-orders.ts';

describe('segue status', () => {
  it('shows the migration as the journal knows it', async () => {
    const segue = new CommandLine();
    await segue.with(({ journal, now }) => bringTo(journal, 'verify', { now }));
    const { code, out } = await segue.run('status', 'orders');
    expect(code).toBe(0);
    expect(out).toMatch(/^Phase +Verify \(8 of 19\)/m);
  });

  it('gives the same as JSON', async () => {
    const segue = new CommandLine();
    await segue.with(({ journal, now }) => bringTo(journal, 'verify', { now }));
    const { out } = await segue.run('status', 'orders', '--json');
    expect(JSON.parse(out)).toMatchObject({ name: 'orders', phase: 'verify', plan: { units: 2 } });
  });

  it('says what to check when the journal does not know the name', async () => {
    const { code, out, errors } = await new CommandLine().run('status', 'invoices');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(errors).toMatch(/^segue: the journal knows no migration invoices: check .*\n$/);
  });
});
