import { describe, expect, it } from 'vitest';
import { judgeCities } from '../../../infra/local/cities/city-judge.ts';
import type { CityLedger } from '../../../infra/local/cities/city-ledger.ts';
import { contentDigest, type Item, itemText } from '../../../infra/local/cities/item-text.ts';
import { SnapshotBuilder } from '../../../infra/local/cities/table-snapshot.ts';
import type { LedgerRecord } from '../../../infra/local/ledger.ts';
import { passed } from '../../../infra/local/verdict.ts';
import { verdictTable } from '../../../infra/local/verdict-table.ts';

const KEY_NAMES = ['pk', 'sk'];
const SWITCHED_AT = 1_000;
const key = (name: string): Item => ({ pk: { N: '7' }, sk: { S: name } });
const item = (name: string, text: string): Item => ({ ...key(name), text: { S: text } });

const calm: CityLedger = {
  acknowledged: 3,
  refused: 0,
  repeated: 0,
  settledByReading: 0,
  failures: [],
  contradictions: [],
  twice: [],
  records: [],
  counters: [],
  claims: [],
  pauses: { medianMilliseconds: 2, p99Milliseconds: 8, longestMilliseconds: 900, long: [] },
};

function table(items: readonly Item[]) {
  const snapshot = new SnapshotBuilder(KEY_NAMES);
  for (const one of items) snapshot.add(one);
  return snapshot;
}

/** A record with the contents that it had one after the other, at 100, 200, 300 … milliseconds. */
function record(name: string, ...contents: (Item | undefined)[]): LedgerRecord {
  return {
    key: itemText(key(name)),
    expected: [contentDigest(contents.at(-1))],
    states: contents.map((content, index) => ({ digest: contentDigest(content), at: index * 100 })),
  };
}

function verdictOf(props: {
  readonly source: readonly Item[];
  readonly target: readonly Item[];
  readonly ledger?: Partial<CityLedger>;
  readonly seeded?: readonly Item[];
  readonly switchedAt?: number;
}) {
  return judgeCities({
    switchedAt: SWITCHED_AT,
    ...props,
    keyNames: KEY_NAMES,
    source: table(props.source),
    target: table(props.target),
    ledger: { ...calm, ...props.ledger },
  });
}

const kinds = (verdict: ReturnType<typeof judgeCities>) =>
  verdict.findings.map(({ kind, side }) => `${kind} on the ${side}`);

describe('the checker finds nothing when', () => {
  it('both sides hold what was acknowledged and what nobody touched', () => {
    const verdict = verdictOf({
      source: [item('a', '2'), item('calm', 'x')],
      target: [item('a', '2'), item('calm', 'x')],
      ledger: {
        records: [
          record('a', undefined, item('a', '1'), item('a', '2')),
          record('b', item('b', '1'), undefined),
        ],
      },
      seeded: [item('calm', 'x'), item('b', '1')],
    });
    expect(verdict.findings).toEqual([]);
    expect(passed(verdict)).toBe(true);
    expect(verdict).toMatchObject({ written: 2, untouched: 1, sourceCount: 2, targetCount: 2 });
  });

  it('what was written after the switch is on the target alone', () => {
    const states = [
      { digest: contentDigest(item('a', '1')), at: SWITCHED_AT - 1 },
      { digest: contentDigest(item('a', '2')), at: SWITCHED_AT + 1 },
    ];
    const verdict = verdictOf({
      source: [item('a', '1')],
      target: [item('a', '2')],
      ledger: { records: [{ key: itemText(key('a')), expected: [contentDigest(item('a', '2'))], states }] },
    });
    expect(verdict.findings).toEqual([]);
  });

  it('items differ in the order of attributes and sets and in the spelling of numbers only', () => {
    const left: Item = { ...key('n'), s: { SS: ['a', 'b'] }, n: { N: '1200.50' }, ns: { NS: ['1', '2e1'] } };
    const right: Item = {
      ns: { NS: ['20', '1.0'] },
      n: { N: '12005E-1' },
      s: { SS: ['b', 'a'] },
      ...key('n'),
    };
    expect(verdictOf({ source: [left], target: [right] }).findings).toEqual([]);
  });

  it('a failed write left one of the two contents that are both right', () => {
    const either: LedgerRecord = {
      ...record('a', item('a', '1'), item('a', '2')),
      expected: [contentDigest(item('a', '1')), contentDigest(item('a', '2'))],
    };
    for (const text of ['1', '2']) {
      const stands = [item('a', text)];
      expect(verdictOf({ source: stands, target: stands, ledger: { records: [either] } }).findings).toEqual(
        [],
      );
    }
  });
});

describe('the checker finds', () => {
  it.each([
    ['a write that is missing on the target', [item('a', '2')], [], 'lost on the target'],
    [
      'a write whose earlier state stands on the target',
      [item('a', '2')],
      [item('a', '1')],
      'lost on the target',
    ],
    ['content that nobody wrote', [item('a', '2')], [item('a', '?')], 'differing on the target'],
    ['a write that is missing on the source', [], [item('a', '2')], 'lost on the source'],
    [
      'a source that has lost a write from before the switch',
      [item('a', '1')],
      [item('a', '2')],
      'differing on the source',
    ],
  ])('%s', (_what, source, target, finding) => {
    const records = [record('a', undefined, item('a', '1'), item('a', '2'))];
    expect(kinds(verdictOf({ source, target, ledger: { records } }))).toEqual([finding]);
  });

  it('a removed item that is back', () => {
    const records = [record('a', item('a', '1'), undefined)];
    const verdict = verdictOf({ source: [], target: [item('a', '1')], ledger: { records } });
    expect(kinds(verdict)).toEqual(['resurrected on the target']);
    expect(passed(verdict)).toBe(false);
  });

  it.each([
    ['missing', [], 'lost on the target'],
    [
      'changed in the last of 38 digits',
      [{ ...key('n'), n: { N: `${'1'.repeat(37)}3` } }],
      'differing on the target',
    ],
  ])('an item that nobody touched and that is %s', (_what, target, finding) => {
    const source = [{ ...key('n'), n: { N: `${'1'.repeat(37)}2` } }];
    expect(kinds(verdictOf({ source, target }))).toEqual([finding]);
    expect(kinds(verdictOf({ source, target, seeded: source }))).toEqual([finding]);
  });

  it('an item that was damaged on both sides in the same way', () => {
    const damaged = [item('a', 'damaged')];
    expect(kinds(verdictOf({ source: damaged, target: damaged, seeded: [item('a', 'whole')] }))).toEqual([
      'differing on the source',
      'differing on the target',
    ]);
  });

  it('an item that nobody wrote', () => {
    const source = [item('a', '1')];
    expect(kinds(verdictOf({ source, target: [...source, item('b', '1')], seeded: source }))).toEqual([
      'surplus on the target',
    ]);
  });

  it.each([
    ['a version', { ...item('a', '1'), '_segue:move': { S: 'anything' } }, []],
    ['a tombstone', { ...key('a'), '_segue:move': { S: 'anything' } }, [item('a', '1')]],
  ])('%s that the migrator left', (_what, left, before) => {
    const records = [record('a', ...(before.length > 0 ? [item('a', '1'), undefined] : [item('a', '1')]))];
    const source = before.length > 0 ? [] : [item('a', '1')];
    expect(kinds(verdictOf({ source, target: [left], ledger: { records } }))).toContain(
      'reserved on the target',
    );
  });

  it.each([
    ['lost an increment', { w1: '2', w2: '4', visits: '6' }, ['lost on the target']],
    ['counted one twice', { w1: '4', w2: '4', visits: '8' }, ['duplicated on the target']],
    ['does not add up', { w1: '3', w2: '4', visits: '8' }, ['differing on the target']],
    ['is right', { w1: '3', w2: '4', visits: '7' }, []],
    ['counted an attempt whose answer was lost', { w1: '3', w2: '5', visits: '8' }, []],
  ])('a counter that %s', (_what, counts, findings) => {
    const counter: Item = {
      ...key('visits'),
      ...Object.fromEntries(Object.entries(counts).map(([name, N]) => [name, { N }])),
    };
    const shares = [
      { attribute: 'w1', acknowledged: 3, uncertain: 0 },
      { attribute: 'w2', acknowledged: 4, uncertain: 1 },
    ];
    const counters = [{ key: key('visits'), shares }];
    expect(kinds(verdictOf({ source: [], target: [counter], ledger: { counters } }))).toEqual(findings);
  });

  it('a claim that two writers hold, and one that nobody holds', () => {
    const claim = (holder: string): Item => ({ ...key('claim'), holder: { S: holder } });
    const both = [{ key: key('claim'), winners: [claim('w1'), claim('w2')], uncertain: [] }];
    expect(kinds(verdictOf({ source: [], target: [claim('w1')], ledger: { claims: both } }))).toEqual([
      'duplicated on the target',
    ]);
    const one = [{ key: key('claim'), winners: [claim('w1')], uncertain: [] }];
    expect(kinds(verdictOf({ source: [], target: [], ledger: { claims: one } }))).toEqual([
      'lost on the target',
    ]);
  });

  it('what the application itself saw', () => {
    const incident = { at: 0, writer: 'w1', operation: 'put', key: 'a', detail: 'no answer' };
    for (const kind of ['failures', 'contradictions', 'twice'] as const) {
      const verdict = verdictOf({ source: [], target: [], ledger: { [kind]: [incident] } });
      expect(passed(verdict)).toBe(false);
      expect(verdictTable([{ name: 'items', verdict }]).join('\n')).toContain('no answer');
    }
  });
});
