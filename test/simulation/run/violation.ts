/**
 * What was violated, without the keys, numbers and contents of one schedule: schedules that fail alike have violations
 * of the same kind. It is the text before its first colon.
 */
export function violationKind(violation: string): string {
  const [head = ''] = violation.split(/: |\n/, 1);
  return head.replace(/[[{].*[\]}]/g, '…').replace(/\d+/g, '#');
}

/** The keys that violations name, as `k3` or as `{"id":{"S":"k3"}}`. */
export function violatedKeys(violations: readonly string[]): string[] {
  const named = violations.flatMap((violation) => [
    ...violation.matchAll(/\b(k\d+)\b|"id":\{"S":"(\w+)"\}/g),
  ]);
  return [...new Set(named.map(([, short, long]) => (short ?? long) as string))];
}

/** The first line of a violation, for lists of them. */
export function headline(violation: string): string {
  return violation.split('\n', 1)[0] ?? '';
}
