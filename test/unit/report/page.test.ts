import { beforeAll, describe, expect, it } from 'vitest';
import { renderPage } from '../../../shared/report/page.ts';
import { type MigrationReport, type ReportInput, reportData } from '../../../shared/report/report.ts';
import {
  completed,
  dryRun,
  failed,
  failureFact,
  givenUp,
  keyEntries,
  lagSamples,
  plan,
  START,
} from './builders.ts';

const INPUTS: Readonly<Record<string, () => ReportInput>> = {
  'a migration that was made': completed,
  'a dry run': dryRun,
  'a dry run without a plan': () => ({ ...dryRun(), plan: undefined, failure: failureFact() }),
  'a failure': failed,
  'a failure in the first moment': () => ({ ...failed(), known: undefined }),
  'a cutover that was given up': givenUp,
  'no change at all': () => completed({ history: { samples: [] } }),
  'a single sample of lag': () => completed({ history: { samples: lagSamples(1) } }),
  'a migration that was steered': () =>
    completed({
      status: {
        actions: [
          {
            id: '1',
            at: START + 60_000,
            by: 'ada <script>',
            action: 'pace',
            parameters: { writeUnits: 500 },
            outcome: 'done',
            effect: 'at most 500 write units a second',
          },
          { id: '2', at: START + 90_000, by: 'bob', action: 'pause', parameters: {}, outcome: 'begun' },
        ],
        changed: [
          {
            at: START + 95_000,
            table: 'cities-v2',
            what: 'throughput',
            before: 'on demand <b>',
            now: 'provisioned',
            times: 2,
          },
        ],
      },
    }),
  'long lists of keys': () =>
    completed({ history: { strays: keyEntries(60, 'late'), quarantine: keyEntries(51, 'too large') } }),
  'an empty table': () =>
    completed({
      status: {
        plan: plan({
          estimate: { seconds: [0, 0], dollars: [0, 0], readUnits: [0, 0], writeUnits: [0, 0] },
        }),
        progress: {
          copy: { units: 1, unitsDone: 1, counts: {}, ofResources: [] },
          verify: { units: 1, unitsDone: 1, counts: { items: 0 }, ofResources: [] },
          sweep: { units: 1, unitsDone: 1, counts: { items: 0 }, ofResources: [] },
        },
      },
    }),
};

describe.each(Object.entries(INPUTS))('the page of %s', (_, input) => {
  let report: MigrationReport;
  let page: string;
  beforeAll(async () => {
    report = reportData(input());
    page = await renderPage(report);
  });

  it('shows no number and no time that its JSON twin does not have', () => {
    const { numbers, texts } = leaves(JSON.parse(JSON.stringify(report)));
    for (const [, value = ''] of page.matchAll(/<data value="([^"]*)"/g))
      expect(numbers, `<data value="${value}">`).toContain(Number(value));
    for (const [, value = ''] of page.matchAll(/<time datetime="([^"]*)"/g))
      expect(texts, `<time datetime="${value}">`).toContain(value);
  });

  it('shows its outcome', () => {
    expect(page).toContain(`<h2>${report.outcome.title}</h2>`);
    for (const line of [...report.outcome.stands, ...report.outcome.next])
      expect(unescaped(page)).toContain(line);
  });

  it('shows what is left to do', () => {
    for (const line of report.toDo) expect(unescaped(page)).toContain(line);
  });

  it('has no value that is none', () => {
    expect(page).not.toMatch(/undefined|NaN|\[object|Infinity|>null</);
  });

  it('is well formed, and needs nothing but itself', () => {
    expect(page.startsWith('<!doctype html>')).toBe(true);
    expect(misnested(page)).toEqual([]);
    expect(page).not.toMatch(/<script|<link|<img|src=|url\(|https?:/);
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the page of a migration that was made', () => {
  it('shows every number of its JSON twin but for the points of the curve and the times of the steps', async () => {
    const report = reportData(completed());
    const page = await renderPage(report);
    const shown = new Set([...page.matchAll(/<data value="([^"]*)"/g)].map(([, value]) => Number(value)));
    const { lag, ...rest } = report;
    const { points: _, ...lagShown } = lag ?? { points: [] };
    const { numbers } = leaves({ ...rest, spec: {}, lag: lagShown });
    expect(numbers.filter((value) => !shown.has(value))).toEqual([]);
  });

  it('has a curve with a title, a description and its unit', async () => {
    const page = await renderPage(reportData(completed()));
    expect(page).toMatch(/<svg role="img" aria-labelledby="lag-title lag-desc"/);
    expect(page).toContain('>seconds</text>');
    expect(page).toMatch(/class="line" d="M/);
  });

  it('marks a single sample by a point', async () => {
    const page = await renderPage(reportData(completed({ history: { samples: lagSamples(1) } })));
    expect(page).toMatch(/<circle class="point"/);
  });

  it('interrupts the curve where nothing was applied for a while', async () => {
    const samples = lagSamples(100).filter((_, index) => index < 30 || index > 60);
    const page = await renderPage(reportData(completed({ history: { samples } })));
    expect(page.match(/class="line"/g)).toHaveLength(2);
  });
});

describe('what comes from data', () => {
  const EVIL = '"><script>alert(1)</script>';

  it('is escaped, wherever it is shown', async () => {
    const evil = completed({
      status: {
        plan: plan({
          resources: [
            {
              source: EVIL,
              target: EVIL,
              keys: [{ name: EVIL, type: 'S' }],
              items: 1,
              bytes: 1,
              segments: 1,
            },
          ],
          notes: [EVIL],
          toDo: [EVIL],
        }),
        execution: EVIL,
        failure: failureFact({ error: EVIL, cause: EVIL }),
        standBy: {
          at: 0,
          round: { complete: true, records: 0, keys: 0, repaired: 0, lagSeconds: 0, milliseconds: 0 },
          gates: [{ name: EVIL, holds: false, detail: EVIL }],
        },
      },
      history: {
        approval: { by: EVIL, at: 0 },
        backups: [{ table: EVIL, arn: EVIL, status: EVIL }],
        givenUp: [{ at: 0, attempt: 1, reason: EVIL }],
        quarantine: [{ resource: 0, key: { [EVIL]: { S: EVIL } }, version: '', reason: EVIL }],
        drain: {
          shards: 1,
          records: 0,
          keys: 0,
          silentMilliseconds: 0,
          silentReadings: 0,
          last: { [EVIL]: EVIL },
          assumptions: [EVIL],
        },
      },
    });
    for (const input of [
      { ...evil, name: EVIL, spec: { name: EVIL } },
      { ...evil, failure: failureFact({ error: EVIL, cause: `${EVIL}\n${EVIL}` }) },
    ]) {
      const page = await renderPage(reportData(input));
      expect(page).not.toContain('<script');
      expect(page).toContain('&lt;script&gt;');
      expect(misnested(page)).toEqual([]);
    }
  });
});

/** Numbers and texts at the leaves of a JSON value. */
function leaves(value: unknown): { readonly numbers: number[]; readonly texts: string[] } {
  if (typeof value === 'number') return { numbers: [value], texts: [] };
  if (typeof value === 'string') return { numbers: [], texts: [value] };
  const parts = Object.values(value ?? {}).map(leaves);
  return {
    numbers: parts.flatMap(({ numbers }) => numbers),
    texts: parts.flatMap(({ texts }) => texts),
  };
}

const VOID = ['meta', 'line', 'rect', 'circle', 'path'];

/** Tags that are not closed, or not in their order. */
function misnested(page: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [tag, slash, name = '', attributes = ''] of page.matchAll(
    /<(\/?)([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>/g,
  )) {
    if (slash) {
      if (open.pop() !== name) wrong.push(tag);
    } else if (!VOID.includes(name) && !attributes.endsWith('/')) open.push(name);
  }
  return [...wrong, ...open];
}

function unescaped(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}
