import type { Expiry } from '../resources/resource-kind.ts';
import type { Migration } from './migration.ts';

/** Somebody has enabled time to live on a target before the switch. */
export interface ExpiryFact {
  /** When it was seen; milliseconds since the epoch. */
  readonly at: number;
  readonly attribute: string;
}

/**
 * Notes that time to live is on at a target before the switch: what has expired there since it was compared is missing
 * at the switch, also when nothing expires any more.
 * @param look asked only where it was never seen to be on.
 * @returns undefined where it still was not.
 */
export async function noteExpiry(
  { journal, runtime }: Pick<Migration, 'journal' | 'runtime'>,
  target: string,
  look: () => Promise<Expiry>,
): Promise<ExpiryFact | undefined> {
  const id = `time-to-live#${target}`;
  const known = await journal.fact<ExpiryFact>(id);
  if (known) return known;
  const { on, attribute } = await look();
  if (!on) return undefined;
  const fact: ExpiryFact = { at: runtime.now(), attribute };
  await journal.noteFact(id, fact);
  return fact;
}
