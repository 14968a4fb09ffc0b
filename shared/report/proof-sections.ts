import { html } from 'hono/html';
import type { GateState } from '../engine/gates.ts';
import type { DrainReport, FinalRecheckReport } from './cutover.ts';
import {
  type Column,
  code,
  count,
  facts,
  list,
  type Markup,
  mark,
  milliseconds,
  moment,
  paragraph,
  section,
  table,
} from './elements.ts';
import { movedNoun, type Noun } from './nouns.ts';
import type { MigrationReport } from './report.ts';
import type { CompareReport, LastCompareReport, SweepReport } from './work.ts';

/** Shards that the page lists; the JSON twin has them all. */
const MOST_SHARDS = 20;

/** Why one may believe that both sides hold the same. */
export function proofSection(report: MigrationReport): Markup | undefined {
  const { compare, lastCompare, finalRecheck, drain, sweep } = report;
  if (!compare && !drain && !finalRecheck) return undefined;
  return section(
    'The evidence',
    compare && fullCompare(compare, movedNoun(report)),
    lastCompare && compareBeforeCutover(lastCompare),
    drain && drainEvidence(drain),
    finalRecheck && lastRecheck(finalRecheck),
    sweep && sweepDone(sweep),
  );
}

function fullCompare(compare: CompareReport, { many }: Noun): Markup {
  return html`<h3>Full compare</h3>
    ${paragraph(`Both sides were read once and compared key by key, in both directions. What differed was looked at again, since a change may have been on its way, and then repaired.`)}
    ${facts([
      [`Source ${many}`, count(compare.sourceItems)],
      [`Target ${many}`, count(compare.targetItems)],
      ['Read by key', count(compare.readByKey), 'found no partner in the two scans'],
      ['Mismatches found', count(compare.mismatches)],
      ['Repaired', count(compare.repaired)],
      ['Not repaired at once', count(compare.notRepaired), 'left to quarantine and recheck'],
      ['Units compared', html`${count(compare.unitsDone)} of ${count(compare.units)}`],
      ['Ended', moment(compare.endedAt)],
    ])}`;
}

function compareBeforeCutover({ beganAt, keys, repaired }: LastCompareReport): Markup {
  return html`<h3>Compared once more before the cutover</h3>
    ${paragraph('Events of S3 are hints, and some never come. So routers began to note each key before they write it, and then both listings were read to the end once more. What is mended here is what no event and no earlier comparison had told of.')}
    ${facts([
      ['Objects of both sides', count(keys)],
      ['Keys mended', count(repaired)],
      ['Began', moment(beganAt)],
    ])}`;
}

function drainEvidence(drain: DrainReport): Markup {
  const shown = drain.shards.slice(0, MOST_SHARDS);
  const columns: readonly Column<DrainReport['shards'][number]>[] = [
    { title: 'Shard', cell: ({ shard }) => code(shard) },
    {
      title: 'Last sequence number',
      cell: ({ lastSequenceNumber }) => code(lastSequenceNumber),
    },
  ];
  return html`<h3>Drain</h3>
    ${paragraph('After the fence a reader of its own, independent of the applier, read every shard of the stream until it was silent, and found the last record of each key on the target.')}
    ${facts([
      ['Shards', count(drain.shardCount)],
      ['Records', count(drain.records)],
      ['Keys', count(drain.keys)],
      [
        'Silence',
        milliseconds(drain.silentMilliseconds),
        html`after the last record, in ${count(drain.silentReadings)} readings of all shards`,
      ],
      ...(drain.unreadMilliseconds === undefined
        ? []
        : [
            [
              'Window that remains',
              milliseconds(drain.unreadMilliseconds),
              'from the last reading of the shards to the switch; what was written past the routers then was found only afterwards, and listed as a stray',
            ] as const,
          ]),
    ])}
    ${shown.length > 0 && table(columns, shown)}
    ${drain.shards.length > shown.length && html`<p class="soft">The other shards are listed in report.json.</p>`}
    <p>Silence is evidence, not proof. It was taken for the end under these assumptions:</p>
    ${list(drain.assumptions)}`;
}

function lastRecheck({ keys, repaired, floorAt }: FinalRecheckReport): Markup {
  return html`<h3>Final recheck</h3>
    ${paragraph('With writes held and nothing in flight, every key that was touched late was compared once more.')}
    ${facts([
      ['Keys compared', count(keys)],
      ['Repaired', count(repaired)],
      ['Floor', moment(floorAt), 'no record up to then is applied any more'],
    ])}`;
}

function sweepDone({ items, versionsRemoved }: SweepReport): Markup {
  return html`<h3>Sweep</h3>
    ${paragraph("After the switch the migration's own attribute was removed from the target.")}
    ${facts([
      ['Items read', count(items)],
      ['Versions removed', count(versionsRemoved)],
    ])}`;
}

const GATE_COLUMNS: readonly Column<GateState>[] = [
  { title: 'Gate', cell: ({ name }) => name },
  { title: 'State', cell: ({ holds }) => mark(holds, ['open', 'shut']) },
  { title: 'Found', cell: ({ detail }) => detail },
];

/** What had to hold before the cutover, as it was last looked at, and who approved. */
export function gatesSection({ gates, approval }: MigrationReport): Markup | undefined {
  if (!gates && !approval) return undefined;
  return section(
    'Gates and approval',
    approval && html`<p>Approved by ${approval.by}${approval.at && html`, at ${moment(approval.at)}`}.</p>`,
    gates && table(GATE_COLUMNS, gates.gates),
    gates && html`<p class="soft">As they were at ${moment(gates.at)}.</p>`,
  );
}
