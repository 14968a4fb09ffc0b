import { scaleLinear } from 'd3-scale';
import { area, curveMonotoneX, line } from 'd3-shape';
import { html } from 'hono/html';
import type { Markup } from './elements.ts';
import { secondsText } from './format.ts';
import type { LagPoint, LagReport } from './lag.ts';
import { percent, timeScale } from './scales.ts';

/** Something that happened while the lag was measured. */
export interface CurveEvent {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const HEIGHT = 220;
const TOP = 26;
const BOTTOM = 22;
const Y_TICKS = 4;
const LABEL_LINE = 15;
/** The curve is interrupted where nothing was applied for so many intervals. */
const GAP_INTERVALS = 3;
/** Between the largest value and the top. */
const HEADROOM = 1.1;
/** A scale that begins and ends at 0 can't be drawn. */
const LEAST_DOMAIN_SECONDS = 0.1;

/** The lag curve: its mean as a line, its largest values as a band. */
export function lagChart(lag: LagReport, events: readonly CurveEvent[]): Markup {
  const times = [...lag.points.map(timeOf), ...events.map(({ at }) => at)];
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const x = timeScale([first, Math.max(last, first + lag.intervalSeconds * 1_000)]);
  const y = scaleLinear([0, Math.max(lag.mostSeconds * HEADROOM, LEAST_DOMAIN_SECONDS)], [100, 0]).nice(
    Y_TICKS,
  );
  return html`
    <div class="curve"><svg role="img" aria-labelledby="lag-title lag-desc" width="100%" height="${TOP + HEIGHT + BOTTOM}">
      <title id="lag-title">Lag of the target behind the source</title>
      <desc id="lag-desc">Seconds from a change of the source to its application, over time in UTC: ${secondsText(lag.meanSeconds)} on average, ${secondsText(lag.mostSeconds)} at most.</desc>
      <text x="0" y="10" dx="-36">seconds</text>
      <svg y="${TOP}" width="100%" height="${HEIGHT}">
        ${y.ticks(Y_TICKS).map((tick) => level(y(tick), y.tickFormat(Y_TICKS)(tick)))}
        ${events.map(({ name, at }, index) => eventLine(name, x.at(at), index))}
        ${curve(lag, x.at, y)}
        <line class="axis" x1="0" x2="100%" y1="100%" y2="100%"/>
      </svg>
      ${x.ticks.map(
        ({ at, text }) =>
          html`<text x="${percent(at)}" y="${TOP + HEIGHT + BOTTOM - 4}" text-anchor="middle">${text}</text>`,
      )}
    </svg></div>`;
}

function curve(
  { points, intervalSeconds }: LagReport,
  x: (time: number) => number,
  y: (seconds: number) => number,
): Markup {
  const at = (point: LagPoint) => x(timeOf(point));
  const band = area<LagPoint>(at, y(0), (point) => y(point.mostSeconds)).curve(curveMonotoneX);
  const mean = line<LagPoint>(at, (point) => y(point.meanSeconds)).curve(curveMonotoneX);
  const pieces = unbroken(points, GAP_INTERVALS * intervalSeconds * 1_000);
  // Only the curve itself is stretched, in a viewport of its own.
  return html`
        <svg width="100%" height="100%" viewBox="0 0 100 100" preserveAspectRatio="none">${pieces.map(
          (piece) => html`
          <path class="band" d="${band(piece)}"/><path class="line" d="${mean(piece)}" vector-effect="non-scaling-stroke"/>`,
        )}
        </svg>
        ${pieces.map((piece) =>
          piece.length > 1
            ? undefined
            : piece.map(
                (point) =>
                  html`<circle class="point" cx="${percent(at(point))}" cy="${percent(y(point.meanSeconds))}" r="3"/>`,
              ),
        )}`;
}

function level(top: number, text: string): Markup {
  return html`<line class="grid" x1="0" x2="100%" y1="${percent(top)}" y2="${percent(top)}"/><text x="0" y="${percent(top)}" dx="-8" dy="4" text-anchor="end">${text}</text>`;
}

function eventLine(name: string, left: number, index: number): Markup {
  const [offset, anchor] = left > 50 ? [-6, 'end'] : [6, 'start'];
  // Events that are near each other are written in different lines.
  return html`<line class="event" x1="${percent(left)}" x2="${percent(left)}" y1="0" y2="100%"/><text x="${percent(left)}" y="${12 + LABEL_LINE * (index % 2)}" dx="${offset}" text-anchor="${anchor}">${name}</text>`;
}

/** The parts of a curve between its gaps. */
function unbroken(points: readonly LagPoint[], gapMilliseconds: number): LagPoint[][] {
  const pieces: LagPoint[][] = [];
  for (const point of points) {
    const piece = pieces.at(-1);
    const before = piece?.at(-1);
    if (piece && before && timeOf(point) - timeOf(before) <= gapMilliseconds) piece.push(point);
    else pieces.push([point]);
  }
  return pieces;
}

function timeOf({ at }: LagPoint): number {
  return Date.parse(at);
}
