import { html } from 'hono/html';
import type { CostPart } from './cost.ts';
import {
  bytes,
  type Column,
  count,
  dollars,
  facts,
  list,
  type Markup,
  moment,
  paragraph,
  rate,
  seconds,
  section,
  table,
} from './elements.ts';
import type { Expectation } from './estimate.ts';
import { type CurveEvent, lagChart } from './lag-chart.ts';
import { counted, heading, movedNoun, nounOf } from './nouns.ts';
import { rangeChart } from './range-chart.ts';
import type { MigrationReport } from './report.ts';
import type { ResourceReport } from './work.ts';

const RESOURCE_COLUMNS: readonly Column<ResourceReport>[] = [
  { title: 'Source', cell: ({ source }) => source },
  { title: 'Target', cell: ({ target }) => target },
  { title: 'Kind', cell: ({ kind }) => kind },
  {
    title: 'Planned (about)',
    number: true,
    cell: ({ kind, itemsAtPlan }) => counted(itemsAtPlan, nounOf([kind])),
  },
  { title: 'Size (about)', number: true, cell: ({ bytesAtPlan }) => bytes(bytesAtPlan) },
  { title: 'Work units', number: true, cell: ({ units }) => count(units) },
];
const DONE_COLUMNS: readonly Column<ResourceReport>[] = [
  { title: 'Read to copy', number: true, cell: ({ copied }) => count(copied) },
  { title: 'Compared', number: true, cell: ({ compared }) => count(compared) },
  { title: 'Repaired', number: true, cell: ({ repaired }) => count(repaired) },
];

/** Tables and buckets as the plan found them, and what was copied of them. */
export function movedSection({ resources, notes, toDo, copy }: MigrationReport): Markup | undefined {
  if (resources.length === 0) return undefined;
  const { many } = movedNoun({ resources });
  const kinds = new Set(resources.map(({ kind }) => kind));
  return section(
    copy ? 'What was moved' : 'What would be moved',
    table(copy ? [...RESOURCE_COLUMNS, ...DONE_COLUMNS] : RESOURCE_COLUMNS, resources),
    html`<p class="soft">${kinds.has('table') && 'Of tables: counts and sizes as DynamoDB tells them, which it updates about every six hours. '}${kinds.has('bucket') && 'Of buckets: counted, or estimated from a part of the listing.'}</p>`,
    copy &&
      facts([
        [heading(`${many} read`), count(copy.items)],
        [
          'Size',
          bytes(copy.bytes),
          kinds.has('table') ? 'of items by the capacity that reading them took' : '',
        ],
        [heading(`${many} a second`), rate(copy.itemsPerSecond)],
        ['Bytes a second', bytes(copy.bytesPerSecond)],
        ['Inserted', count(copy.inserted)],
        ['Already there', count(copy.alreadyThere), 'a change or an earlier worker was faster'],
        ['Rejected', count(copy.rejected), 'listed under quarantine until repaired'],
        ['Units copied', html`${count(copy.unitsDone)} of ${count(copy.units)}`],
      ]),
    toDo.length > 0
      ? html`<h3>What does not travel with the ${many}</h3>${paragraph('As the plan found it; it is left to you.')}${list(toDo)}`
      : undefined,
    notes.length > 0 ? html`<h3>Notes of the plan</h3>${list(notes)}` : undefined,
  );
}

interface Expected extends Expectation {
  readonly name: string;
  readonly text: (value?: number) => Markup;
}

const EXPECTED_COLUMNS: readonly Column<Expected>[] = [
  { title: 'Measure', cell: ({ name }) => name },
  { title: 'At least', number: true, cell: ({ least, text }) => text(least) },
  { title: 'At most', number: true, cell: ({ most, text }) => text(most) },
];
const ACTUAL_COLUMNS: readonly Column<Expected>[] = [
  { title: 'Actual', number: true, cell: ({ actual, text }) => text(actual) },
  { title: 'Range and actual', cell: rangeChart },
];

/** The estimate as ranges, next to what it was in the end. */
export function estimateSection({ estimate, life }: MigrationReport): Markup | undefined {
  if (!estimate) return undefined;
  const { durationSeconds, writeUnits, readUnits, dollars: price } = estimate;
  const rows: Expected[] = [
    { name: 'Duration', text: seconds, ...durationSeconds },
    { name: 'Write capacity units', text: count, ...writeUnits },
    { name: 'Read capacity units', text: count, ...readUnits },
    { name: 'Price', text: dollars, ...price },
  ];
  return section(
    life ? 'Actual against estimate' : 'Estimate',
    table(life ? [...EXPECTED_COLUMNS, ...ACTUAL_COLUMNS] : EXPECTED_COLUMNS, rows),
    html`<p class="soft">${count(estimate.units)} work units, at most ${count(estimate.workers)} workers at a time.${
      life &&
      ' The actual duration leaves out Ready and Watch for strays: people and the spec decide how long they take. Actual units and price are computed from the counters.'
    }</p>`,
  );
}

/** How the changes of the source followed, and how far they were behind. */
export function changesSection({ changes, lag, life, cutover }: MigrationReport): Markup | undefined {
  if (!changes) return undefined;
  const copyEnded = life?.phases.find(({ id }) => id === 'copy')?.endedAt;
  const events: CurveEvent[] = [
    { name: 'copy done', at: copyEnded },
    { name: 'switch', at: cutover?.switched?.switchedAt },
  ].flatMap(({ name, at }) => (at === undefined ? [] : [{ name, at: Date.parse(at) }]));
  return section(
    'Changes and their lag',
    lag
      ? html`<figure>${lagChart(lag, events)}<figcaption>Age of the oldest record of each batch when it was applied: ${seconds(lag.meanSeconds)} on average, ${seconds(lag.mostSeconds)} at most, at ${moment(lag.mostAt)}. One point for ${seconds(lag.intervalSeconds)}; the band shows the largest value within a point.</figcaption></figure>`
      : paragraph('No change of the source was applied, so there is no lag to show.'),
    facts([
      ['Records', count(changes.records), 'a record delivered twice counts twice'],
      ['Written', count(changes.written)],
      ['Removed', count(changes.removed)],
      ['Already newer', count(changes.newer), 'the target held a later state'],
      ['Skipped', count(changes.skipped), 'changed nothing, or a later one followed in the batch'],
      ['Left to a recheck', count(changes.rechecked)],
      ['To quarantine', count(changes.quarantined)],
    ]),
  );
}

const COST_COLUMNS: readonly Column<CostPart>[] = [
  { title: 'Part', cell: ({ part }) => part },
  { title: 'Write units', number: true, cell: ({ writeUnits }) => count(writeUnits) },
  { title: 'Read units', number: true, cell: ({ readUnits }) => count(readUnits) },
  { title: 'S3 requests', number: true, cell: ({ requests }) => count(requests) },
  { title: 'Lambda GB-s', number: true, cell: ({ gigabyteSeconds }) => rate(gigabyteSeconds) },
  { title: 'Dollars', number: true, cell: ({ dollars: price }) => dollars(price) },
];

/** What was used, by part of the work. */
export function costSection({ cost }: MigrationReport): Markup | undefined {
  if (!cost) return undefined;
  const { parts, total } = cost;
  return section(
    'Cost',
    table(COST_COLUMNS, parts, [
      html`Together`,
      count(total.writeUnits),
      count(total.readUnits),
      count(total.requests),
      rate(total.gigabyteSeconds),
      dollars(total.dollars),
    ]),
    html`<p class="soft">An estimate, computed from the counters with the on-demand prices of ${cost.pricesRegion} as of ${cost.pricesAsOf}; it is not the bill. Assumed: ${cost.assumed}. Left out: ${cost.leftOut}.</p>`,
  );
}
