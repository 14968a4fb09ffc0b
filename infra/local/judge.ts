import { ABSENT, type Ledger, type LedgerRecord } from './ledger.ts';
import type { Finding, FindingKind, Verdict } from './verdict.ts';

/** One side as somebody found it: the digest of each content, under the text of its key. */
export interface Snapshot {
  readonly digests: ReadonlyMap<string, string>;
}

export interface Evidence {
  /** The side that was left; undefined while it is still kept in step. */
  readonly source?: Snapshot | undefined;
  /** The side that the application works on. */
  readonly target: Snapshot;
  readonly ledger: Ledger;
  /** Keys that the application wrote beside its records. */
  readonly sharedKeys?: readonly string[];
  /** What the source was filled with. Without it what nobody touched is only compared with the other side. */
  readonly seeded?: Snapshot | undefined;
  /**
   * When the route was switched (milliseconds since the epoch): what was acknowledged before must be on both sides,
   * what came after only on the target.
   */
  readonly switchedAt?: number | undefined;
}

/** Holds two sides against the records of a ledger, and what nobody touched against each other. */
export function judge(evidence: Evidence): Verdict {
  const { source, target, ledger, sharedKeys = [], switchedAt } = evidence;
  const written = new Set([...ledger.records.map(({ key }) => key), ...sharedKeys]);
  const { digests: before } = evidence.seeded ?? source ?? target;
  const untouched = new Map([...before].filter(([key]) => !written.has(key)));
  return {
    findings: [
      ...ledger.records.flatMap((record) => [
        ...onTarget(record, target),
        ...(source ? onSource(record, source, switchedAt) : []),
      ]),
      ...(source ? untouchedFindings(untouched, source, 'source', written) : []),
      ...untouchedFindings(untouched, target, 'target', written),
    ],
    ledger,
    ...(source ? { sourceCount: source.digests.size } : {}),
    targetCount: target.digests.size,
    written: written.size,
    untouched: untouched.size,
  };
}

function onTarget({ key, expected, states }: LedgerRecord, { digests }: Snapshot): Finding[] {
  const actual = digests.get(key) ?? ABSENT;
  if (expected.includes(actual)) return [];
  const found = (kind: FindingKind, detail: string): Finding[] => [{ kind, side: 'target', key, detail }];
  if (actual === ABSENT) return found('lost', 'nothing stands there');
  if (expected.every((digest) => digest === ABSENT))
    return found('resurrected', 'its last write was a removal');
  return states.some(({ digest }) => digest === actual)
    ? found('lost', 'an earlier state stands there')
    : found('differing', 'it holds what the application never wrote');
}

/**
 * The source keeps the state that it had when the route was switched. A write whose answer came after that may still
 * have been the source's, so later states are right there, too; earlier ones are not.
 */
function onSource(
  { key, expected, states }: LedgerRecord,
  { digests }: Snapshot,
  switchedAt = Number.POSITIVE_INFINITY,
): Finding[] {
  const actual = digests.get(key) ?? ABSENT;
  const from = Number.isFinite(switchedAt) ? states.findLastIndex(({ at }) => at < switchedAt) : 0;
  if (states.slice(Math.max(0, from)).some(({ digest }) => digest === actual)) return [];
  if (expected.length > 1 && expected.includes(actual)) return [];
  return [
    {
      kind: actual === ABSENT ? 'lost' : 'differing',
      side: 'source',
      key,
      detail: 'it is not as the application left it before the switch',
    },
  ];
}

function untouchedFindings(
  untouched: ReadonlyMap<string, string>,
  { digests }: Snapshot,
  side: Finding['side'],
  written: ReadonlySet<string>,
): Finding[] {
  const found = (kind: FindingKind, key: string, detail: string): Finding => ({ kind, side, key, detail });
  return [
    ...[...untouched].flatMap(([key, digest]) => {
      const actual = digests.get(key);
      if (actual === digest) return [];
      return actual === undefined
        ? found('lost', key, 'what nobody touched is missing')
        : found('differing', key, 'what nobody touched has changed');
    }),
    ...[...digests.keys()]
      .filter((key) => !untouched.has(key) && !written.has(key))
      .map((key) => found('surplus', key, 'nobody wrote it')),
  ];
}
