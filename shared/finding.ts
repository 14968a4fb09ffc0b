/** What was found of something that must hold. */
export interface Finding {
  readonly holds: boolean;
  readonly detail: string;
}

/** One finding of several: of those that do not hold, if there are any. */
export function ofAll(findings: readonly Finding[]): Finding {
  const shut = findings.filter(({ holds }) => !holds);
  const told = shut.length > 0 ? shut : findings;
  return { holds: shut.length === 0, detail: told.map(({ detail }) => detail).join('. ') };
}
