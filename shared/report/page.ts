import { html, raw } from 'hono/html';
import { cutoverSection } from './cutover-section.ts';
import { count, facts, list, type Markup, milliseconds, moment } from './elements.ts';
import { lifeSection } from './life-section.ts';
import { heading, movedNoun } from './nouns.ts';
import { policySection } from './policy-section.ts';
import { gatesSection, proofSection } from './proof-sections.ts';
import { backupSection, identitySection, keysSection } from './record-sections.ts';
import type { MigrationReport } from './report.ts';
import { steeringSection } from './steering-section.ts';
import { STYLE } from './style.ts';
import { changesSection, costSection, estimateSection, movedSection } from './work-sections.ts';

const SECTIONS: readonly ((report: MigrationReport) => Markup | undefined)[] = [
  lifeSection,
  movedSection,
  estimateSection,
  changesSection,
  cutoverSection,
  proofSection,
  gatesSection,
  steeringSection,
  policySection,
  keysSection,
  backupSection,
  costSection,
  identitySection,
];

/** The report as one page that needs nothing else: no script, no font, no image. */
export async function renderPage(report: MigrationReport): Promise<string> {
  const page = await html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="robots" content="noindex">
  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
  <title>${report.name}: ${report.outcome.title}</title>
  <style>${raw(STYLE)}</style>
</head>
<body>
  <header>
    <p class="kicker">Segue migration report</p>
    <h1>${report.name}</h1>
    ${outcome(report)}
    ${keyFigures(report)}
  </header>
  <main>
    ${SECTIONS.map((part) => part(report))}
  </main>
  <footer>Written at ${moment(report.generatedAt)} UTC by Segue ${report.segueVersion}. All times are in UTC. The numbers of this page are in report.json.</footer>
</body>
</html>
`;
  return page.toString();
}

function outcome({ outcome: result, failure }: MigrationReport): Markup {
  const { attention, title, sentence, stands, next } = result;
  // The sentence has its first line already.
  const details = failure?.message.includes('\n') ? html`<pre>${failure.message}</pre>` : undefined;
  return html`
    <div class="outcome${attention ? ' alert' : ''}">
      <h2>${title}</h2>
      <p>${sentence}</p>
      ${details && html`<h3>What failed</h3>${details}`}
      ${stands.length > 0 && html`<h3>How things stand</h3>${list(stands)}`}
      ${next.length > 0 && html`<h3>What to do next</h3>${list(next)}`}
    </div>`;
}

function keyFigures({ resources, copy, changes, compare, cutover }: MigrationReport): Markup | undefined {
  if (!copy || !changes) return undefined;
  return facts([
    [heading(`${movedNoun({ resources }).many} copied`), count(copy.items)],
    ['Changes followed', count(changes.records)],
    ['Write pause', milliseconds(cutover?.switched?.writePauseMilliseconds)],
    ['Mismatches', count(compare?.mismatches), compare && html`${count(compare.repaired)} repaired at once`],
  ]);
}
