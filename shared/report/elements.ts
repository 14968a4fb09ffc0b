import { html } from 'hono/html';
import {
  bytesText,
  countText,
  dollarsText,
  millisecondsText,
  roundedText,
  secondsText,
  utcText,
} from './format.ts';

/** Markup whose data is escaped. Arrays of it can be put into a template as they are. */
export type Markup = ReturnType<typeof html>;

/** Nothing to show. */
export const NONE = html`<span class="none">–</span>`;

/** A number as people read it, with the exact value of the JSON twin in the markup. */
function datum(value: number | undefined, text: (value: number) => string): Markup {
  return value === undefined ? NONE : html`<data value="${value}">${text(value)}</data>`;
}

export const count = (value?: number) => datum(value, countText);
export const rate = (value?: number) => datum(value, roundedText);
export const bytes = (value?: number) => datum(value, bytesText);
export const dollars = (value?: number) => datum(value, dollarsText);
export const seconds = (value?: number) => datum(value, secondsText);
export const milliseconds = (value?: number) => datum(value, millisecondsText);

/** A moment in UTC. */
export function moment(iso: string | undefined): Markup {
  return iso === undefined ? NONE : html`<time datetime="${iso}">${utcText(iso)}</time>`;
}

export function code(text: string): Markup {
  return html`<code>${text}</code>`;
}

/** A part of the page under a heading of its own. */
export function section(
  title: string,
  ...content: readonly (Markup | readonly Markup[] | undefined)[]
): Markup {
  return html`
    <section>
      <h2>${title}</h2>
      ${content}
    </section>`;
}

/** Facts as pairs of name and value, set as tiles. */
export function facts(
  pairs: readonly (readonly [name: string, value: Markup, note?: Markup | string | undefined])[],
): Markup {
  return html`
    <dl class="facts">
      ${pairs.map(
        ([name, value, note]) => html`
      <div><dt>${name}</dt><dd>${value}</dd>${note && html`<dd class="note">${note}</dd>`}</div>`,
      )}
    </dl>`;
}

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => Markup | string;
  /** Numbers stand under each other, at the right. */
  readonly number?: boolean;
}

/** A table; one that is too wide for the screen scrolls by itself. */
export function table<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  total?: readonly Markup[],
): Markup {
  const kind = (number?: boolean) => (number ? 'number' : 'text');
  return html`
    <div class="scroll"><table>
      <thead><tr>${columns.map(({ title, number }) => html`<th scope="col" class="${kind(number)}">${title}</th>`)}</tr></thead>
      <tbody>
        ${rows.map(
          (row) => html`
        <tr>${columns.map(({ cell, number }) => html`<td class="${kind(number)}">${cell(row)}</td>`)}</tr>`,
        )}
      </tbody>
      ${
        total &&
        html`<tfoot><tr>${total.map((cell, index) => html`<td class="${kind(columns[index]?.number)}">${cell}</td>`)}</tr></tfoot>`
      }
    </table></div>`;
}

export function list(items: readonly (Markup | string)[]): Markup {
  return html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

export function paragraph(...content: readonly (Markup | string)[]): Markup {
  return html`<p>${content}</p>`;
}

/** Whether something holds: a sign, and a word for those who don't see it. */
export function mark(holds: boolean, words: readonly [yes: string, no: string]): Markup {
  return html`<span class="mark ${holds ? 'yes' : 'no'}">${holds ? '✓' : '✕'} ${words[holds ? 0 : 1]}</span>`;
}
