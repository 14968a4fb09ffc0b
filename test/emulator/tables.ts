/**
 * The pairs of tables that the deployed test stack may touch: one for each test that moves something, so that none
 * meets what another one left.
 */
const PAIRS = [
  'move',
  'resume-copy',
  'resume-ready',
  'resume-fenced',
  'given-up',
  'hot-keys',
  'key-types',
  'existing-items',
  'dry-run',
  'refused',
  'iam',
  'spare-1',
  'spare-2',
] as const;

export type PairName = (typeof PAIRS)[number];

/** Names of a pair's tables. */
export function tablePair(name: PairName): { readonly source: string; readonly target: string } {
  return { source: `${name}-source`, target: `${name}-target` };
}

export const SOURCES = PAIRS.map((name) => tablePair(name).source);
export const TARGETS = PAIRS.map((name) => tablePair(name).target);
