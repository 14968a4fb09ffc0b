import { describe, expect, it } from 'vitest';
import { CommandLine } from './command-line.ts';
import { bringTo, noteGates } from './journal-of-orders.ts';

const APPROVAL = { name: 'approval', holds: false, detail: 'waits for a person' };

async function ready(gates: readonly (typeof APPROVAL)[], spec = {}): Promise<CommandLine> {
  const segue = new CommandLine();
  await segue.with(async ({ journal, now }) => {
    await bringTo(journal, 'ready', { now, spec });
    await noteGates(journal, now, gates);
  });
  return segue;
}

const approval = (segue: CommandLine) => segue.with(({ journal }) => journal.coordinator.approval());

describe('segue approve', () => {
  it("approves in the user's name and says that the cutover begins", async () => {
    const segue = await ready([APPROVAL]);
    const { code, out } = await segue.run('approve', 'orders');
    expect(code).toBe(0);
    expect(out).toContain('approved by ada');
    expect(out).toContain('the cutover begins');
    expect(await approval(segue)).toMatchObject({ by: 'ada' });
  });

  it('approves in another name', async () => {
    const segue = await ready([APPROVAL]);
    await segue.run('approve', 'orders', '--by', 'Grace');
    expect(await approval(segue)).toMatchObject({ by: 'Grace' });
  });

  it('approves a rehearsal', async () => {
    const segue = await ready([APPROVAL]);
    const { out } = await segue.run('approve', 'orders', '--rehearse');
    expect(out).toContain('A rehearsal of orders is approved by ada');
    expect(out).toContain('the rehearsal begins');
    expect(await approval(segue)).toMatchObject({ by: 'ada', rehearsal: true });
  });

  it('names the gates that are still shut', async () => {
    const segue = await ready([APPROVAL, { name: 'lag', holds: false, detail: '9 s old' }]);
    const { code, out } = await segue.run('approve', 'orders');
    expect(code).toBe(0);
    expect(out).toContain('  lag: 9 s old');
    expect(out).not.toContain('waits for a person');
  });

  it('lets the first approval stand', async () => {
    const segue = await ready([APPROVAL]);
    await segue.run('approve', 'orders');
    const { code, out } = await segue.run('approve', 'orders', '--by', 'Grace');
    expect(code).toBe(0);
    expect(out).toContain('approved before, by ada');
    expect(await approval(segue)).toMatchObject({ by: 'ada' });
  });

  it('says what the standing approval begins, not what was asked for now', async () => {
    const segue = await ready([APPROVAL]);
    await segue.run('approve', 'orders');
    const { out } = await segue.run('approve', 'orders', '--rehearse', '--by', 'Grace');
    expect(out).toContain('orders was approved before, by ada');
    expect(out).toContain('the cutover begins');
    expect(await approval(segue)).not.toHaveProperty('rehearsal');
  });

  it.each(['copy', 'verify', 'fence', 'reverse'] as const)('is refused in the phase %s', async (phase) => {
    const segue = new CommandLine();
    await segue.with(({ journal, now }) => bringTo(journal, phase, { now }));
    const { code, errors } = await segue.run('approve', 'orders');
    expect(code).toBe(1);
    expect(errors).toContain('it can be approved in Ready');
    expect(await approval(segue)).toBeUndefined();
  });

  it('is refused where the spec approves by itself', async () => {
    const segue = await ready([], { cutover: { approval: 'automatic' } });
    const { code, errors } = await segue.run('approve', 'orders');
    expect(code).toBe(1);
    expect(errors).toContain('"automatic"');
  });

  it('is refused for a migration that nobody knows', async () => {
    const { code, errors } = await new CommandLine().run('approve', 'orders');
    expect(code).toBe(1);
    expect(errors).toContain('no migration orders');
  });
});
