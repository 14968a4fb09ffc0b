import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { simulateCommand } from '../../simulation/run/options.ts';
import { parseRequest } from '../../simulation/run/request.ts';
import { settingOf } from '../../simulation/setting.ts';

const MUTANTS = [
  { name: 'blind-copy', scenario: 'data path' },
  { name: 'blind-copy-too', scenario: 'data path' },
  { name: 'deaf-drain', scenario: 'migration' },
] as const;

/** What the command line asks for, or what it is told instead. */
function parsed(line: string) {
  const said: string[] = [];
  const command = simulateCommand().configureOutput({
    writeOut: (text) => said.push(text),
    writeErr: (text) => said.push(text),
  });
  try {
    const args = line.split(' ').filter((word) => word !== '');
    return { request: parseRequest(args, MUTANTS, command), said: said.join('') };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { said: said.join('') };
  }
}

describe('the options of npm run simulate', () => {
  it('ask for a short exploration when there are none', () => {
    expect(parsed('').request).toMatchObject({ kind: 'explore', schedules: 1_000, from: 1 });
  });

  it('ask for an exploration', () => {
    expect(parsed('--schedules 50 --from 7 --threads 3').request).toEqual({
      kind: 'explore',
      schedules: 50,
      from: 7,
      scenario: undefined,
      threads: 3,
    });
  });

  it('ask for one schedule, with a setting other than its seed chooses', () => {
    expect(parsed('--seed 7 --trace --setting {"writers":3,"faults":{"throttled":0}}').request).toMatchObject(
      {
        kind: 'replay',
        seed: 7,
        setting: { ...settingOf(7), writers: 3, faults: { ...settingOf(7).faults, throttled: 0 } },
        mutant: undefined,
        trace: true,
      },
    );
    expect(parsed('--seed 7 --scenario migration').request).toMatchObject({
      setting: settingOf(7, 'migration'),
    });
    expect(parsed('--seed 7 --mutants deaf-drain').request).toMatchObject({
      kind: 'replay',
      mutant: { name: 'deaf-drain' },
      setting: settingOf(7, 'migration', { fence: 'none' }),
    });
  });

  it('ask for mutants, for all unless some are named', () => {
    expect(parsed('--mutants').request).toMatchObject({
      kind: 'mutants',
      names: MUTANTS.map(({ name }) => name),
      schedules: undefined,
    });
    expect(parsed('--mutants deaf-drain blind-copy --schedules 9 --remember').request).toMatchObject({
      kind: 'mutants',
      names: ['deaf-drain', 'blind-copy'],
      schedules: 9,
      remember: true,
    });
  });

  it('name a mutant in full or in part', () => {
    expect(parsed('--mutants copy').request).toMatchObject({ names: ['blind-copy', 'blind-copy-too'] });
    expect(parsed('--mutants blind-copy').request).toMatchObject({ names: ['blind-copy'] });
  });

  it.each([
    ['--schedules 0', 'whole number from 1'],
    ['--schedules 1e3', 'whole number from 1'],
    ['--threads 1000', 'from 1 to 256'],
    ['--seed -1', 'whole number from 0'],
    ['--scenario sideways', 'data path, migration'],
    ['--seed 1 --setting writers=1', 'JSON object'],
    ['--seed 1 --setting {"riders":1}', 'a setting has no riders'],
    ['--seed 1 --schedules 5', 'does not go with --schedules'],
    ['--trace', 'needs --seed'],
    ['--seed 1 --mutants', 'goes with one mutant, not with 3'],
    ['--seed 1 --mutants blind deaf', 'goes with one mutant, not with 3'],
    ['--mutants lame-duck', 'no mutant is called lame-duck'],
    ['--mutants --from 5', 'does not go with --from'],
    ['--remember', 'goes with --mutants'],
    ['--colour', "unknown option '--colour'"],
    ['5', 'too many arguments'],
  ])('%s is refused with one clear error', (line, message) => {
    const { request, said } = parsed(line);
    expect(request).toBeUndefined();
    expect(said).toContain(message);
    expect(said.match(/^error: /gm)).toHaveLength(1);
  });

  it('are explained with examples', () => {
    const { said } = parsed('--help');
    for (const example of ['--schedules 1000000', '--seed 4711 --trace', '--mutants'])
      expect(said).toContain(`$ npm run simulate -- ${example}`);
  });
});
