/**
 * The page's style: one column, calm type, one accent colour. Colours are variables, so that dark screens and paper
 * only exchange them.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #fbfbf9; --card: #ffffff; --ink: #1d2528; --soft: #5b686d; --line: #e3e6e4; --grid: #edf0ee;
  --accent: #0f6b7c; --tint: #d5e9ec; --rest: #c3ccce; --alert: #a8352a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12181b; --card: #192125; --ink: #e4eaec; --soft: #97a5ab; --line: #2b363b; --grid: #222c31;
    --accent: #58c0d2; --tint: #1d444d; --rest: #48565c; --alert: #f0897c;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; padding: 3.5rem 1.5rem 5rem; background: var(--page); color: var(--ink);
  font: 400 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main, body > header, body > footer { max-width: 56rem; margin: 0 auto; }
h1 { margin: 0 0 1.75rem; font-size: 2.25rem; line-height: 1.15; font-weight: 650; letter-spacing: -.02em; overflow-wrap: anywhere; }
h2 { margin: 0 0 1.25rem; font-size: 1.3rem; line-height: 1.3; font-weight: 620; letter-spacing: -.01em; }
h3 { margin: 2.25rem 0 .75rem; font-size: 1rem; font-weight: 620; }
p, ul { margin: 0 0 1rem; max-width: 42rem; }
ul { padding-left: 1.2rem; }
li { margin: .3rem 0; }
li::marker { color: var(--rest); }
section { margin-top: 4rem; }
code, pre { font: .85em/1.55 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
pre { margin: 0 0 1rem; padding: 1rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; white-space: pre-wrap; }
.kicker { margin: 0 0 .35rem; color: var(--soft); font-size: .85rem; letter-spacing: .02em; }
.none, .soft { color: var(--soft); }
.soft { font-size: .88rem; }

.outcome { padding: 1.75rem 2rem; background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--accent); border-radius: 8px; }
.outcome.alert { border-left-color: var(--alert); }
.outcome h2 { margin: 0 0 .4rem; color: var(--accent); font-size: 1rem; letter-spacing: 0; }
.outcome.alert h2 { color: var(--alert); }
.outcome > p { margin: 0; max-width: none; font-size: 1.3rem; line-height: 1.45; overflow-wrap: anywhere; }
.outcome h3 { margin: 1.4rem 0 .3rem; font-size: .9rem; color: var(--soft); font-weight: 600; }
.outcome ul { margin-bottom: 0; }

.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 1.5rem 2rem; margin: 0 0 1.75rem; }
header .facts { margin: 2.25rem 0 0; }
.facts dt { color: var(--soft); font-size: .85rem; }
.facts dd { margin: .1rem 0 0; font-size: 1.35rem; line-height: 1.3; font-weight: 560; letter-spacing: -.01em; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
header .facts dd { font-size: 1.9rem; }
.facts dd.note { color: var(--soft); font-size: .8rem; line-height: 1.4; font-weight: 400; letter-spacing: 0; }
.facts time { font-size: .8em; }

.scroll { overflow-x: auto; margin: 0 0 1.25rem; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { padding: .55rem 1.25rem .55rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: baseline; }
th { padding-top: 0; color: var(--soft); font-size: .82rem; font-weight: 500; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }
td.text { overflow-wrap: break-word; min-width: 6rem; }
.number { text-align: right; white-space: nowrap; }
tfoot td { border-bottom: 0; font-weight: 620; }
td svg.range { min-width: 8rem; }
.mark { white-space: nowrap; font-weight: 560; }
.mark.yes { color: var(--accent); }
.mark.no { color: var(--alert); }

figure { margin: 0 0 1.75rem; }
figcaption { margin-top: .9rem; color: var(--soft); font-size: .85rem; max-width: 42rem; }
svg { display: block; overflow: visible; }
svg text { fill: var(--soft); font-size: 11.5px; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--grid); }
.axis { stroke: var(--rest); }
.curve { padding: 0 1.25rem 0 2.5rem; }
.curve .band { fill: var(--tint); }
.curve .line { fill: none; stroke: var(--accent); stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; }
.curve .point { fill: var(--accent); }
.curve .event { stroke: var(--soft); stroke-dasharray: 2 3; }

.timeline { margin: 0; padding: 0; list-style: none; max-width: none; }
.timeline li { display: grid; grid-template-columns: 10rem 1fr 6.5rem; gap: 0 1.25rem; align-items: center; margin: 0; padding: .2rem 0; font-size: .92rem; }
.timeline .duration { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.timeline .track { fill: var(--grid); }
.timeline .bar { fill: var(--accent); }
.timeline .quiet .bar { fill: var(--rest); }
.timeline .alert .bar { fill: var(--alert); }
.timeline .alert .name, .timeline .alert .duration { color: var(--alert); }
.timeline .quiet .name, .timeline .quiet .duration { color: var(--soft); }
.timeline .ticks { padding-top: .6rem; }
.timeline .ticks svg { grid-column: 2; }
.range .track { fill: var(--grid); }
.range .expected { fill: var(--rest); }
.range .actual { fill: var(--accent); stroke: var(--page); stroke-width: 2; }

body > footer { margin-top: 5rem; padding-top: 1.25rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem; }

@media (max-width: 40rem) {
  body { padding: 2rem 1.1rem 3rem; }
  h1 { font-size: 1.7rem; margin-bottom: 1.25rem; }
  section { margin-top: 3rem; }
  .outcome { padding: 1.25rem 1.25rem; }
  .outcome > p { font-size: 1.12rem; }
  .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.1rem 1.25rem; }
  header .facts dd { font-size: 1.4rem; }
  .timeline li { grid-template-columns: 1fr auto; padding: .35rem 0; row-gap: .2rem; }
  .timeline .track-cell, .timeline .ticks svg { grid-column: 1 / -1; grid-row: 2; }
  th, td { padding-right: .9rem; }
}
@media print {
  :root {
    --page: #ffffff; --card: #ffffff; --ink: #000000; --soft: #4a5559; --line: #cfd5d3; --grid: #e8ebea;
    --accent: #0f6b7c; --tint: #d5e9ec; --rest: #b3bdc0; --alert: #a8352a;
  }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  html { font-size: 9.5pt; }
  body { padding: 0; }
  tfoot { display: table-row-group; }
  tfoot tr { break-before: avoid; }
  section { margin-top: 2rem; }
  h2, h3 { break-after: avoid; }
  figure, tr, .facts, .outcome, .timeline { break-inside: avoid; }
  .scroll { overflow: visible; }
}
`;
