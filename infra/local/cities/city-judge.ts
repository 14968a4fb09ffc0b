import { type Evidence, judge } from '../judge.ts';
import { ABSENT } from '../ledger.ts';
import type { Finding, FindingKind, Verdict } from '../verdict.ts';
import type { CityLedger, LedgerClaim, LedgerCounter } from './city-ledger.ts';
import { contentDigest, type Item, itemText } from './item-text.ts';
import { keyText, type TableSnapshot } from './table-snapshot.ts';

export interface CityEvidence extends Pick<Evidence, 'switchedAt'> {
  readonly keyNames: readonly string[];
  /** The side that was left; undefined while it is still kept in step. */
  readonly source?: TableSnapshot | undefined;
  /** The side that the application works on. */
  readonly target: TableSnapshot;
  readonly ledger: CityLedger;
  readonly seeded?: readonly Item[];
}

/** Holds two tables against the ledger and against each other. */
export function judgeCities({ seeded, keyNames, ...evidence }: CityEvidence): Verdict {
  const { source, target, ledger } = evidence;
  const verdict = judge({
    ...evidence,
    sharedKeys: [...ledger.counters, ...ledger.claims].map(({ key }) => itemText(key)),
    seeded: seeded && {
      digests: new Map(seeded.map((item) => [keyText(item, keyNames), contentDigest(item)])),
    },
  });
  return {
    ...verdict,
    findings: [
      ...verdict.findings,
      ...ledger.counters.flatMap((counter) => counterFindings(counter, source, target)),
      ...ledger.claims.flatMap((claim) => claimFindings(claim, source, target)),
      ...(source ? reservedFindings(source, 'source') : []),
      ...reservedFindings(target, 'target'),
    ],
  };
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

function reservedFindings({ reserved }: TableSnapshot, side: Finding['side']): Finding[] {
  return [...reserved].map(([key, detail]) => ({ kind: 'reserved', side, key, detail }));
}
