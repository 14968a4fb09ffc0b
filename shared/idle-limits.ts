import { CAPACITY_TAKEN, LIMIT_FIELDS, type LimitField } from './capacity.ts';
import type { Problem } from './errors.ts';

type Moved = keyof typeof CAPACITY_TAKEN;

/**
 * Limits of a pace that would limit nothing: whoever sets them relies on what is not so.
 * @param moved the kinds of resources that the migration moves.
 * @param at where the limits stand, as `copy.`
 */
export function idleLimits(
  limits: Readonly<Partial<Record<LimitField, number | undefined>>>,
  moved: readonly Moved[],
  at = '',
): Problem[] {
  const absent = (Object.keys(CAPACITY_TAKEN) as Moved[]).filter((kind) => !moved.includes(kind));
  return absent.flatMap((kind) =>
    fieldsOf(kind)
      .filter((field) => limits[field] !== undefined)
      .map((field) => ({
        at: `${at}${field}`,
        problem: `it limits what is used of ${kind}s, and no ${kind} is moved`,
        value: String(limits[field]),
        allowed: moved.flatMap((other) => fieldsOf(other).map((name) => `${at}${name}`)).join(', '),
        change: 'remove it, or name the limit that is meant',
      })),
  );
}

function fieldsOf(kind: Moved): LimitField[] {
  return CAPACITY_TAKEN[kind].map((taken) => LIMIT_FIELDS[taken]);
}
