import type { Setting } from '../setting.ts';

/** What one setting has other than another one, as a JSON merge patch (RFC 7396): null takes a field away. */
export type SettingPatch = Readonly<Record<string, unknown>>;

/** The patch that makes `changed` of `base`. */
export function settingPatch(base: Setting, changed: Setting): SettingPatch {
  return differences(asRecord(base), asRecord(changed));
}

/** A setting with a patch applied. Throws a RangeError that names a field which no setting has. */
export function patchedSetting(base: Setting, patch: SettingPatch): Setting {
  for (const field of Object.keys(patch))
    if (!(field in base))
      throw new RangeError(`a setting has no ${field}; it has ${Object.keys(base).join(', ')}`);
  return patched(asRecord(base), patch) as unknown as Setting;
}

function differences(base: SettingPatch, changed: SettingPatch): SettingPatch {
  const patch: Record<string, unknown> = {};
  for (const field of new Set([...Object.keys(base), ...Object.keys(changed)])) {
    const [one, other] = [base[field], changed[field]];
    if (JSON.stringify(one) === JSON.stringify(other)) continue;
    patch[field] = isRecord(one) && isRecord(other) ? differences(one, other) : (other ?? null);
  }
  return patch;
}

function patched(base: SettingPatch, patch: SettingPatch): SettingPatch {
  const result: Record<string, unknown> = { ...base };
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete result[field];
    else result[field] = isRecord(value) ? patched(isRecord(base[field]) ? base[field] : {}, value) : value;
  }
  return result;
}

function asRecord(setting: Setting): SettingPatch {
  return setting as unknown as SettingPatch;
}

function isRecord(value: unknown): value is SettingPatch {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
