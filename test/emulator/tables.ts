/**
 * The pairs of tables that the deployed test stack may touch: some for each test, so that none meets what another one
 * left.
 */
const PAIRS = [
  'move',
  'move-too',
  'resume-copy',
  'resume-copy-large',
  'resume-ready',
  'resume-fenced',
  'resume-successor',
  'given-up',
  'given-up-often',
  'rehearsed',
  'there-and-back',
  'back',
  'ended-early',
  'resume-back',
  'steered',
  'existing-items',
  'dry-run',
  'side-effects',
  'refused-missing',
  'refused-keys',
  'refused-content',
  'refused-reader',
  'refused-consumer',
  'refused-route',
  'refused-known',
  'chaos',
  'with-objects-back',
] as const;

export interface TablePair {
  readonly source: string;
  readonly target: string;
}

/** Names of a pair's tables. */
export function tablePair(name: (typeof PAIRS)[number]): TablePair {
  return { source: `${name}-source`, target: `${name}-target` };
}

export const SOURCES = PAIRS.map((name) => tablePair(name).source);
export const TARGETS = PAIRS.map((name) => tablePair(name).target);
