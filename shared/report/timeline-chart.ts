import { html } from 'hono/html';
import type { Markup } from './elements.ts';
import { type PercentScale, percent } from './scales.ts';

/** A stretch of time with its bar. */
export interface Span {
  readonly name: string;
  /** In the scale's unit; absent while it has not begun. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly duration: Markup;
  readonly tone: 'plain' | 'quiet' | 'alert';
}

const BAR_HEIGHT = 10;
/** A narrower bar could not be seen. */
const LEAST_BAR_PERCENT = 0.5;
/** A tick nearer to an end of the axis is written towards its middle. */
const EDGE_PERCENT = 5;

/** Spans of time under each other, against one axis. */
export function timelineChart(title: string, spans: readonly Span[], scale: PercentScale): Markup {
  return html`
    <ol class="timeline" aria-label="${title}">
      ${spans.map(
        (span) => html`
      <li class="${span.tone}">
        <span class="name">${span.name}</span>
        <svg class="track-cell" width="100%" height="${BAR_HEIGHT}" aria-hidden="true">
          <rect class="track" width="100%" height="${BAR_HEIGHT}" rx="2"/>${bar(span, scale)}
        </svg>
        <span class="duration">${span.duration}</span>
      </li>`,
      )}
      <li class="ticks" aria-hidden="true">
        <svg class="track-cell" width="100%" height="18">${scale.ticks.map(
          ({ at, text }) => html`
          <line class="axis" x1="${percent(at)}" x2="${percent(at)}" y1="0" y2="4"/>
          <text x="${percent(at)}" y="16" text-anchor="${anchor(at)}">${text}</text>`,
        )}
        </svg>
      </li>
    </ol>`;
}

function bar({ from, to }: Span, { at }: PercentScale): Markup | undefined {
  if (from === undefined) return undefined;
  const width = Math.max(LEAST_BAR_PERCENT, at(to ?? from) - at(from));
  const left = Math.min(at(from), 100 - LEAST_BAR_PERCENT);
  return html`
          <rect class="bar" x="${percent(left)}" width="${percent(width)}" height="${BAR_HEIGHT}" rx="2"/>`;
}

function anchor(at: number): 'start' | 'middle' | 'end' {
  if (at < EDGE_PERCENT) return 'start';
  return at > 100 - EDGE_PERCENT ? 'end' : 'middle';
}
