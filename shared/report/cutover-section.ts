import { html } from 'hono/html';
import { isCutoverStep } from '../phases.ts';
import type { GivenUpReport, SmokeTestReport, SwitchReport } from './cutover.ts';
import {
  type Column,
  count,
  facts,
  type Markup,
  mark,
  milliseconds,
  moment,
  seconds,
  section,
  table,
} from './elements.ts';
import type { LifeReport } from './life.ts';
import type { MigrationReport } from './report.ts';
import { secondsScale } from './scales.ts';
import { type Span, timelineChart } from './timeline-chart.ts';

const GIVEN_UP_COLUMNS: readonly Column<GivenUpReport>[] = [
  { title: 'Attempt', cell: ({ attempt }) => count(attempt) },
  { title: 'Given up at', cell: ({ at }) => moment(at) },
  { title: 'Reason', cell: ({ reason }) => reason },
];

const SWITCH_COLUMNS: readonly Column<SwitchReport>[] = [
  { title: 'Switched', cell: ({ switchedAt }) => moment(switchedAt) },
  { title: 'To', cell: ({ to }) => `the ${to}` },
  { title: 'Write pause', cell: ({ writePauseMilliseconds }) => milliseconds(writePauseMilliseconds) },
  { title: 'Attempt', cell: ({ attempt }) => count(attempt) },
];

const SMOKE_TEST_COLUMNS: readonly Column<SmokeTestReport>[] = [
  {
    title: 'Attempt',
    cell: ({ attempt, rehearsal }) => html`${count(attempt)}${rehearsal && ' (rehearsal)'}`,
  },
  { title: 'At', cell: ({ at }) => moment(at) },
  { title: 'Took', cell: (test) => milliseconds(test.milliseconds) },
  { title: 'Outcome', cell: ({ passed }) => mark(passed, ['passed', 'failed']) },
  { title: 'Answer', cell: ({ detail }) => detail },
];

/** The measured cutover, step by step, and the attempts that were given up. */
export function cutoverSection({ cutover, life }: MigrationReport): Markup | undefined {
  if (!cutover) return undefined;
  const { attempts, switched, switches, givenUp, smokeTests, rehearsal } = cutover;
  return section(
    'The cutover',
    switched &&
      facts([
        ['Write pause', milliseconds(switched.writePauseMilliseconds), 'from the fence to the switch'],
        ['Announced ahead', milliseconds(switched.announcementMilliseconds), 'the application went on'],
        ['Switched', moment(switched.switchedAt)],
        ['Attempts', count(attempts), html`${count(givenUp.length)} given up`],
      ]),
    switched &&
      life &&
      html`<figure>${stepsChart(switched, life)}<figcaption>The steps in seconds from the fence at ${moment(switched.fencedAt)}. Writes were held until the switch; reads went on all the time.</figcaption></figure>`,
    switches.length > 1 ? html`<h3>There and back</h3>${table(SWITCH_COLUMNS, switches)}` : undefined,
    rehearsal?.pauseMilliseconds === undefined
      ? undefined
      : html`<p>Rehearsed at ${moment(rehearsal.at)}: writes were held for ${milliseconds(rehearsal.pauseMilliseconds)}.</p>`,
    smokeTests.length > 0 ? html`<h3>Smoke tests</h3>${table(SMOKE_TEST_COLUMNS, smokeTests)}` : undefined,
    givenUp.length === 0
      ? undefined
      : html`<h3>Attempts given up</h3>${table(GIVEN_UP_COLUMNS, givenUp)}<p class="soft">Each gave the side that was active back to its writers and left everything as it was before.</p>`,
  );
}

function stepsChart({ fencedAt, writePauseMilliseconds }: SwitchReport, life: LifeReport): Markup {
  const fence = Date.parse(fencedAt);
  const sinceFence = (iso: string | undefined) =>
    iso === undefined ? undefined : (Date.parse(iso) - fence) / 1_000;
  const steps = life.phases
    .filter(({ id }) => isCutoverStep(id))
    .map(
      (step): Span => ({
        name: step.title,
        from: sinceFence(step.startedAt),
        to: sinceFence(step.endedAt),
        duration: seconds(step.seconds),
        tone: 'quiet',
      }),
    );
  const pause: Span = {
    name: 'Writes held',
    from: 0,
    to: writePauseMilliseconds / 1_000,
    duration: milliseconds(writePauseMilliseconds),
    tone: 'plain',
  };
  const spans = [...steps, pause];
  const moments = spans.flatMap(({ from, to }) => [from, to]).filter((at) => at !== undefined);
  return timelineChart(
    'Steps of the cutover',
    spans,
    secondsScale([Math.min(...moments), Math.max(...moments)]),
  );
}
