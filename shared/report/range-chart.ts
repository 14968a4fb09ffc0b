import { scaleLinear } from 'd3-scale';
import { html } from 'hono/html';
import type { Markup } from './elements.ts';
import type { Expectation } from './estimate.ts';
import { percent } from './scales.ts';

/** What was expected, as a bar from least to most, and what it was, as a point. */
export function rangeChart({ least, most, actual }: Expectation): Markup {
  const at = scaleLinear([0, Math.max(most, actual ?? 0) || 1], [2, 97]);
  return html`<svg class="range" width="100%" height="14" aria-hidden="true">
      <rect class="track" y="5" width="100%" height="4" rx="2"/>
      <rect class="expected" y="5" x="${percent(at(least))}" width="${percent(Math.max(1, at(most) - at(least)))}" height="4" rx="2"/>
      ${actual !== undefined && html`<circle class="actual" cx="${percent(at(actual))}" cy="7" r="6"/>`}
    </svg>`;
}
