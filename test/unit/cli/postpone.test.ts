import { describe, expect, it } from 'vitest';
import { CommandLine } from './command-line.ts';
import { bringTo } from './journal-of-orders.ts';

const HOUR = 3_600_000;

async function inPhase(phase: 'copy' | 'ready' | 'drain' | 'reverse'): Promise<CommandLine> {
  const segue = new CommandLine();
  await segue.with(({ journal, now }) => bringTo(journal, phase, { now }));
  return segue;
}

const standing = (segue: CommandLine) =>
  segue.with(async ({ journal, now }) => {
    const { postponement } = await journal.controls.read();
    return postponement && { by: postponement.by, hours: Math.round((postponement.until - now) / HOUR) };
  });

describe('segue postpone', () => {
  it.each(['copy', 'ready', 'drain'] as const)(
    'keeps a migration in the phase %s from switching',
    async (phase) => {
      const segue = await inPhase(phase);
      const { code, out } = await segue.run('postpone', 'orders', '--hours', '12');
      expect(code).toBe(0);
      expect(out).toContain('postponed by ada: no cutover before');
      expect(await standing(segue)).toEqual({ by: 'ada', hours: 12 });
    },
  );

  it('lets the last word stand, and an end of it', async () => {
    const segue = await inPhase('ready');
    await segue.run('postpone', 'orders', '--hours', '12');
    await segue.run('postpone', 'orders', '--hours', '1', '--by', 'Grace');
    expect(await standing(segue)).toEqual({ by: 'Grace', hours: 1 });
    const { out } = await segue.run('postpone', 'orders', '--off');
    expect(out).toContain('not postponed any more');
    expect((await standing(segue))?.hours).toBeLessThanOrEqual(0);
  });

  it('takes a time with its offset', async () => {
    const segue = await inPhase('ready');
    const { out } = await segue.run('postpone', 'orders', '--until', '2999-12-01T02:00:00+02:00');
    expect(out).toContain('no cutover before 2999-12-01 00:00:00 UTC');
  });

  it('is refused after the switch', async () => {
    const segue = await inPhase('reverse');
    const { code, errors } = await segue.run('postpone', 'orders', '--hours', '1');
    expect(code).toBe(1);
    expect(errors).toContain('nothing can be postponed any more');
    expect(await standing(segue)).toBeUndefined();
  });

  it.each([
    [[], 'exactly one of until, hours and off'],
    [['--hours', '1', '--off'], 'exactly one of'],
    [['--hours', '-1'], 'above 0, at most 2160'],
    [['--hours', 'x'], 'above 0, at most 2160'],
    [['--until', 'tomorrow'], 'like 2026-12-01T02:00:00Z'],
    [['--until', '2026-12-01T02:00:00'], 'like 2026-12-01T02:00:00Z'],
    [['--until', '1999-12-01T02:00:00Z'], 'is over'],
  ])('refuses %j', async (args, error) => {
    const segue = await inPhase('ready');
    const { code, errors } = await segue.run('postpone', 'orders', ...args);
    expect(code).not.toBe(0);
    expect(errors).toContain(error);
    expect(await standing(segue)).toBeUndefined();
  });
});
