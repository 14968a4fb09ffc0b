import { contentDigest, type Item, itemText } from './item-text.ts';
import type { Ledger, LedgerClaim, LedgerCounter, LedgerRecord } from './ledger.ts';
import { keyText, type TableSnapshot } from './table-snapshot.ts';
import type { Finding, FindingKind, Verdict } from './verdict.ts';

export interface Evidence {
  readonly keyNames: readonly string[];
  /** The side that was left; undefined while it is still kept in step. */
  readonly source?: TableSnapshot | undefined;
  /** The side that the application works on. */
  readonly target: TableSnapshot;
  readonly ledger: Ledger;
  readonly seeded?: readonly Item[];
  readonly switchedAt?: number;
}

const ABSENT = contentDigest(undefined);

/** Holds two tables against the ledger and against each other. */
export function judge(evidence: Evidence): Verdict {
  const { source, target, ledger } = evidence;
  const written = new Set(
    [...ledger.records, ...ledger.counters, ...ledger.claims].map(({ key }) => itemText(key)),
  );
  const untouched = untouchedItems(evidence, written);
  return {
    findings: [
      ...ledger.records.flatMap((record) => [
        ...onTarget(record, target),
        ...(source ? onSource(record, source, evidence.switchedAt) : []),
      ]),
      ...ledger.counters.flatMap((counter) => counterFindings(counter, source, target)),
      ...ledger.claims.flatMap((claim) => claimFindings(claim, source, target)),
      ...(source ? untouchedFindings(untouched, source, 'source', written) : []),
      ...untouchedFindings(untouched, target, 'target', written),
      ...(source ? reservedFindings(source, 'source') : []),
      ...reservedFindings(target, 'target'),
    ],
    ledger,
    ...(source ? { sourceItems: source.digests.size } : {}),
    targetItems: target.digests.size,
    written: written.size,
    untouched: untouched.size,
  };
}

function onTarget({ key, expected, states }: LedgerRecord, { digests }: TableSnapshot): Finding[] {
  const text = itemText(key);
  const actual = digests.get(text) ?? ABSENT;
  const wanted = expected.map(contentDigest);
  if (wanted.includes(actual)) return [];
  const found = (kind: FindingKind, detail: string): Finding[] => [
    { kind, side: 'target', key: text, detail },
  ];
  if (actual === ABSENT) return found('lost', 'nothing stands there');
  if (wanted.every((digest) => digest === ABSENT))
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
  { digests }: TableSnapshot,
  switchedAt = Number.POSITIVE_INFINITY,
): Finding[] {
  const text = itemText(key);
  const actual = digests.get(text) ?? ABSENT;
  const from = Number.isFinite(switchedAt) ? states.findLastIndex(({ at }) => at < switchedAt) : 0;
  if (states.slice(Math.max(0, from)).some(({ digest }) => digest === actual)) return [];
  if (expected.length > 1 && expected.some((content) => contentDigest(content) === actual)) return [];
  return [
    {
      kind: actual === ABSENT ? 'lost' : 'differing',
      side: 'source',
      key: text,
      detail: 'it is not as the application left it before the switch',
    },
  ];
}

function counterFindings(
  { key, shares }: LedgerCounter,
  source: TableSnapshot | undefined,
  target: TableSnapshot,
): Finding[] {
  const text = itemText(key);
  const count = (snapshot: TableSnapshot, attribute: string) =>
    Number(snapshot.items.get(text)?.[attribute]?.N ?? 0);
  const found = (kind: FindingKind, detail: string, side: Finding['side'] = 'target'): Finding[] => [
    { kind, side, key: text, detail },
  ];
  const sum = shares.reduce((total, { attribute }) => total + count(target, attribute), 0);
  return [
    ...shares.flatMap(({ attribute, acknowledged, uncertain }) => {
      const counted = count(target, attribute);
      const said = `${attribute} counted ${acknowledged}, it holds ${counted}`;
      if (counted < acknowledged) return found('lost', said);
      return counted > acknowledged + uncertain ? found('duplicated', said) : [];
    }),
    ...shares.flatMap(({ attribute }) =>
      source && count(source, attribute) > count(target, attribute)
        ? found('differing', `${attribute} counted further than on the target`, 'source')
        : [],
    ),
    ...(count(target, 'visits') === sum
      ? []
      : found('differing', `the total is ${count(target, 'visits')}, its shares add up to ${sum}`)),
  ];
}

function claimFindings(
  { key, winners, uncertain }: LedgerClaim,
  source: TableSnapshot | undefined,
  target: TableSnapshot,
): Finding[] {
  const text = itemText(key);
  const actual = target.digests.get(text) ?? ABSENT;
  const wanted = (winners.length > 0 ? winners : [undefined, ...uncertain]).map(contentDigest);
  const found = (kind: FindingKind, side: Finding['side'], detail: string): Finding[] => [
    { kind, side, key: text, detail },
  ];
  return [
    ...(winners.length > 1 ? found('duplicated', 'target', `${winners.length} writers hold the claim`) : []),
    ...(wanted.includes(actual)
      ? []
      : found(actual === ABSENT ? 'lost' : 'differing', 'target', 'it is not its winner who holds it')),
    ...([ABSENT, ...wanted].includes(source?.digests.get(text) ?? ABSENT)
      ? []
      : found('differing', 'source', 'it is not its winner who holds it')),
  ];
}

/** What must stand unchanged on both sides: what the source was filled with, or else what it holds. */
function untouchedItems(
  { seeded, source, target, keyNames }: Evidence,
  written: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const items = seeded
    ? seeded.map((item) => [keyText(item, keyNames), contentDigest(item)] as const)
    : [...(source ?? target).digests];
  return new Map(items.filter(([key]) => !written.has(key)));
}

function untouchedFindings(
  untouched: ReadonlyMap<string, string>,
  { digests }: TableSnapshot,
  side: Finding['side'],
  written: ReadonlySet<string>,
): Finding[] {
  const found = (kind: FindingKind, key: string, detail: string): Finding => ({ kind, side, key, detail });
  return [
    ...[...untouched].flatMap(([key, digest]) => {
      const actual = digests.get(key);
      if (actual === digest) return [];
      return actual === undefined
        ? found('lost', key, 'an item that nobody touched is missing')
        : found('differing', key, 'an item that nobody touched has changed');
    }),
    ...[...digests.keys()]
      .filter((key) => !untouched.has(key) && !written.has(key))
      .map((key) => found('surplus', key, 'nobody wrote it')),
  ];
}

function reservedFindings({ reserved }: TableSnapshot, side: Finding['side']): Finding[] {
  return [...reserved].map(([key, detail]) => ({ kind: 'reserved', side, key, detail }));
}
