import { html } from 'hono/html';
import { isCutoverStep } from '../phases.ts';
import {
  count,
  facts,
  type Markup,
  milliseconds,
  moment,
  NONE,
  paragraph,
  seconds,
  section,
} from './elements.ts';
import { firstLine } from './failure.ts';
import type { PhaseReport } from './life.ts';
import type { MigrationReport } from './report.ts';
import { timeScale } from './scales.ts';
import { type Span, timelineChart } from './timeline-chart.ts';

/** The phases with their times, against one axis; the steps of the cutover are one bar. */
export function lifeSection(report: MigrationReport): Markup | undefined {
  const { life, earlierFailure } = report;
  if (!life) return undefined;
  const begin = Date.parse(life.startedAt);
  const spans = life.phases.flatMap((phase): (Span | undefined)[] => {
    if (phase.id === 'announce') return [cutoverSpan(report)];
    if (isCutoverStep(phase.id)) return [];
    return phase.id === 'copy' ? [changesSpan(report), phaseSpan(phase)] : [phaseSpan(phase)];
  });
  return section(
    'The life of the migration',
    facts([
      ['Started', moment(life.startedAt)],
      ['Ended', life.endedAt ? moment(life.endedAt) : html`still running`],
      ['Took', seconds(life.seconds)],
    ]),
    timelineChart(
      'Phases of the migration',
      spans.filter((span) => span !== undefined),
      timeScale([begin, begin + life.seconds * 1_000]),
    ),
    earlierFailure &&
      paragraph(
        html`An earlier execution stopped at ${moment(earlierFailure.at)} (${earlierFailure.error}: ${firstLine(earlierFailure.message)}). The migration was started again and went on from the journal.`,
      ),
  );
}

const TONES: Readonly<Record<PhaseReport['state'], Span['tone']>> = {
  done: 'plain',
  now: 'plain',
  stopped: 'alert',
  'given-up': 'alert',
  pending: 'quiet',
};

function phaseSpan({ title, state, startedAt, seconds: length }: PhaseReport): Span {
  const from = startedAt === undefined ? undefined : Date.parse(startedAt);
  return {
    name: title,
    from,
    to: from === undefined || length === undefined ? undefined : from + length * 1_000,
    duration: seconds(length),
    tone: TONES[state],
  };
}

/** Changes flow from the first minute, beside the copy and what follows it. */
function changesSpan({ lag, changes }: MigrationReport): Span | undefined {
  if (!lag || !changes) return undefined;
  return {
    name: 'Changes flow',
    from: Date.parse(lag.firstAt),
    to: Date.parse(lag.lastAt),
    duration: html`${count(changes.records)} records`,
    tone: 'quiet',
  };
}

function cutoverSpan({ life, cutover }: MigrationReport): Span {
  const steps =
    life?.phases.filter(({ id, startedAt }) => isCutoverStep(id) && startedAt !== undefined) ?? [];
  const [first, last] = [steps[0], steps.at(-1)];
  const unfinished = steps.find(({ state }) => state !== 'done');
  return {
    name: 'Cutover',
    from: first?.startedAt === undefined ? undefined : Date.parse(first.startedAt),
    to: last?.endedAt === undefined ? undefined : Date.parse(last.endedAt),
    duration: cutover?.switched
      ? milliseconds(cutover.switched.totalMilliseconds)
      : unfinished?.state === 'given-up'
        ? html`given up`
        : NONE,
    tone: steps.length === 0 ? 'quiet' : TONES[unfinished?.state ?? 'done'],
  };
}
