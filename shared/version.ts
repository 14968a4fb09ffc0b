/**
 * The version of a cell, kept in the reserved attribute as one string of 53 characters:
 *
 *     epoch (2 digits)  sequence number (40 digits, padded)  kind (i or t)  creation second (10 digits)
 *
 * *Smaller* compares the first 42 characters (the prefix), *unchanged* the whole value. A sequence number has up to
 * 40 digits and would overflow a DynamoDB number of 38, hence a padded string, which DynamoDB compares byte by byte.
 */
export const EPOCH_DIGITS = 2;
export const SEQUENCE_DIGITS = 40;
export const PREFIX_LENGTH = EPOCH_DIGITS + SEQUENCE_DIGITS;
const SECOND_DIGITS = 10;
const PATTERN = /^\d{42}[it]\d{10}$/;

export type CellKind = 'item' | 'tombstone';

/** Name of the reserved attribute. It is the migration's own, so that two migrations never meet in one item. */
export function reservedAttribute(migration: string): string {
  return `_segue:${migration}`;
}

/** The comparable part of a version: epoch and sequence number. */
export function versionPrefix(epoch: number, sequence: string): string {
  if (!Number.isInteger(epoch) || epoch < 1 || epoch > 99)
    throw new RangeError(`epoch must be 1 to 99: ${epoch}`);
  if (!/^\d{1,40}$/.test(sequence)) throw new RangeError(`not a sequence number: ${sequence}`);
  return `${String(epoch).padStart(EPOCH_DIGITS, '0')}${sequence.padStart(SEQUENCE_DIGITS, '0')}`;
}

/** The version below every record of an epoch: what a repair writes when it knows of none. */
export function epochStart(epoch: number): string {
  return versionPrefix(epoch, '0');
}

/** The whole reserved value. */
export function versionValue(prefix: string, kind: CellKind, createdSecond: number): string {
  const value = `${prefix}${kind === 'item' ? 'i' : 't'}${String(Math.trunc(createdSecond)).padStart(SECOND_DIGITS, '0')}`;
  if (!PATTERN.test(value)) throw new RangeError(`not a version: ${value}`);
  return value;
}

/** Reads a reserved value; undefined if it is not one of ours. */
export function parseVersion(value: string):
  | {
      readonly prefix: string;
      readonly epoch: number;
      readonly kind: CellKind;
      readonly createdSecond: number;
    }
  | undefined {
  if (!PATTERN.test(value)) return undefined;
  return {
    prefix: value.slice(0, PREFIX_LENGTH),
    epoch: Number(value.slice(0, EPOCH_DIGITS)),
    kind: value[PREFIX_LENGTH] === 'i' ? 'item' : 'tombstone',
    createdSecond: Number(value.slice(PREFIX_LENGTH + 1)),
  };
}

/** The larger of two prefixes or values, by their comparable part. */
export function laterPrefix(a: string, b: string): string {
  return a.slice(0, PREFIX_LENGTH) >= b.slice(0, PREFIX_LENGTH)
    ? a.slice(0, PREFIX_LENGTH)
    : b.slice(0, PREFIX_LENGTH);
}
