/** How numbers and times are written for people. Times are in UTC; the machine's zone and language don't matter. */

const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const SIGNIFICANT = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** A whole number: 135,233. */
export function countText(value: number): string {
  return COUNT.format(value);
}

/** A count with its noun: 1 item, 2 items. */
export function countOf(value: number, noun: string): string {
  return `${countText(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Three significant digits: 0.123, 1.23, 1,230. */
export function roundedText(value: number): string {
  return Math.abs(value) >= 1_000 ? COUNT.format(value) : SIGNIFICANT.format(value);
}

export function bytesText(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${roundedText(value)} ${BYTE_UNITS[unit]}`;
}

export function dollarsText(dollars: number): string {
  if (dollars > 0 && dollars < 0.01) return `$${dollars.toPrecision(2)}`;
  return `$${dollars.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** In the two largest units that matter: 423 ms, 1.42 s, 4 min 12 s, 3 h 5 min, 12 d 4 h. */
export function secondsText(seconds: number): string {
  if (seconds < 0.9995) return `${Math.round(seconds * 1_000)} ms`;
  if (seconds < 59.95) return `${SIGNIFICANT.format(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3_600) return twoUnits(whole, [60, 'min'], [1, 's']);
  if (whole < 86_400) return twoUnits(whole, [3_600, 'h'], [60, 'min']);
  return twoUnits(whole, [86_400, 'd'], [3_600, 'h']);
}

export function millisecondsText(milliseconds: number): string {
  return secondsText(milliseconds / 1_000);
}

/** 2026-11-21 09:43:48, from an ISO time. */
export function utcText(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}

/** 2026-11-21 */
export function dayText(iso: string): string {
  return iso.slice(0, 10);
}

/** 09:43 */
export function minuteText(iso: string): string {
  return iso.slice(11, 16);
}

/** 09:43:48 */
export function secondText(iso: string): string {
  return iso.slice(11, 19);
}

/** An ISO time in UTC from milliseconds since the epoch. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** The same of a time that may not have come. */
export function isoTimeIfAny(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : isoTime(milliseconds);
}

function twoUnits(seconds: number, large: readonly [number, string], small: readonly [number, string]) {
  const rest = Math.floor((seconds % large[0]) / small[0]);
  return `${Math.floor(seconds / large[0])} ${large[1]}${rest > 0 ? ` ${rest} ${small[1]}` : ''}`;
}
