import { describe, expect, it } from 'vitest';
import { patchedSetting, settingPatch } from '../../simulation/run/setting-patch.ts';
import { replayCommand } from '../../simulation/run/show-schedule.ts';
import { settingOf } from '../../simulation/setting.ts';
import { setting } from './builders.ts';

const BASE = setting({ keys: 4, faults: { throttled: 0.1, lateEffect: 0.2 } });
const CHANGED = setting({ keys: 1, disturbances: [], faults: { throttled: 0.1, staleRead: 0.5 } });

describe('the differences of two settings', () => {
  it('turn one into the other', () => {
    const patch = settingPatch(BASE, CHANGED);
    expect(patch).toMatchObject({ keys: 1, faults: { lateEffect: null, staleRead: 0.5 } });
    expect(patchedSetting(BASE, patch)).toEqual(CHANGED);
  });

  it('are empty where nothing differs', () => {
    expect(settingPatch(BASE, BASE)).toEqual({});
    expect(patchedSetting(BASE, {})).toEqual(BASE);
  });

  it('name a field that no setting has', () => {
    expect(() => patchedSetting(BASE, { riders: 1 })).toThrow(
      /^a setting has no riders; it has scenario, keys/,
    );
  });
});

describe('the command that replays a schedule', () => {
  it('is its seed alone where the setting is what the seed chooses', () => {
    expect(replayCommand({ seed: 5, setting: settingOf(5) })).toBe('npm run simulate -- --seed 5 --trace');
  });

  it('says what differs, and the mutant', () => {
    const mutant = { name: 'deaf-drain', scenario: 'migration' } as const;
    const changed = { ...settingOf(5, 'migration'), writes: 77 };
    expect(replayCommand({ seed: 5, setting: changed }, mutant)).toBe(
      `npm run simulate -- --seed 5 --trace --setting '{"writes":77}' --mutants deaf-drain`,
    );
  });
});
