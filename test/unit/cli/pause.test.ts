import { describe, expect, it } from 'vitest';
import { CommandLine } from './command-line.ts';
import { bringTo } from './journal-of-orders.ts';

async function copying(spec: object = {}): Promise<CommandLine> {
  const segue = new CommandLine();
  await segue.with(({ journal, now }) => bringTo(journal, 'copy', { now, spec }));
  return segue;
}

const controls = (segue: CommandLine) => segue.with(({ journal }) => journal.controls.read());

describe('segue pause and resume', () => {
  it("pause in the user's name and go on", async () => {
    const segue = await copying();
    const paused = await segue.run('pause', 'orders');
    expect(paused).toMatchObject({ code: 0, out: expect.stringContaining('orders is paused by ada') });
    expect((await controls(segue)).paused).toMatchObject({ by: 'ada' });
    const resumed = await segue.run('resume', 'orders', '--by', 'Grace');
    expect(resumed).toMatchObject({ code: 0, out: expect.stringContaining('goes on where it stopped') });
    expect((await controls(segue)).paused).toBeUndefined();
  });

  it('are refused with the reason and what to do, and the status tells of it', async () => {
    const segue = await copying();
    const { code, errors } = await segue.run('resume', 'orders');
    expect(code).toBe(1);
    expect(errors).toContain('orders is not paused');
    const { out } = await segue.run('status', 'orders');
    expect(out).toMatch(/^Actions +.* UTC, ada: resume: refused: orders is not paused$/m);
  });
});

describe('segue pace', () => {
  it('sets what it is told', async () => {
    const segue = await copying();
    const { code, out } = await segue.run('pace', 'orders', '--read-units', '2000', '--workers', '4');
    expect(code).toBe(0);
    expect(out).toContain('at most 2,000 read units a second, 4 workers at one time');
    expect((await controls(segue)).pace).toMatchObject({
      by: 'ada',
      limits: { readUnits: 2_000, workers: 4 },
    });
    await segue.run('pace', 'orders', '--off');
    expect((await controls(segue)).pace?.limits).toEqual({});
  });

  it('sets limits of buckets, and refuses them where none is moved', async () => {
    const args = ['--requests-per-second', '1000', '--megabytes-per-second', '200'];
    const photos = [{ source: { bucket: 'photos' }, target: { bucket: 'photos-v2' } }];
    const moving = await copying({ resources: photos });
    expect((await moving.run('pace', 'orders', ...args)).out).toContain(
      'at most 1,000 S3 requests and 200 MB of objects a second',
    );
    expect((await controls(moving)).pace?.limits).toEqual({
      requestsPerSecond: 1_000,
      megabytesPerSecond: 200,
    });
    const { code, errors } = await (await copying()).run('pace', 'orders', ...args);
    expect(code).toBe(1);
    expect(errors).toContain('requestsPerSecond: it limits what is used of buckets, and no bucket is moved');
    expect(errors).toContain('megabytesPerSecond');
  });

  it.each([
    [[], 1, 'no limit is named'],
    [['--workers', '0'], 1, 'at least 1'],
    [['--write-units', '1'], 1, 'at least 10'],
    [['--write-units', 'many'], 2, 'a whole number'],
    [['--requests-per-second', '1'], 1, 'at least 50'],
    [['--megabytes-per-second', '0'], 1, 'at least 1'],
    [['--off', '--workers', '1'], 1, 'a limit and none at the same time'],
  ])('refuses %j', async (args, expected, error) => {
    const segue = await copying();
    const { code, errors } = await segue.run('pace', 'orders', ...args);
    expect(code).toBe(expected);
    expect(errors).toContain(error);
    expect((await controls(segue)).pace).toBeUndefined();
  });
});
