import type { EstimateReport } from './estimate.ts';
import { type FailureReport, firstLine } from './failure.ts';
import { countOf, dollarsText, millisecondsText, secondsText } from './format.ts';
import { counted, movedNoun, resourcesText } from './nouns.ts';
import type { MigrationReport } from './report.ts';
import { isMoved, strayKeys, whatStands, whatToDoNext } from './standing.ts';

export type OutcomeKind = 'completed' | 'in-progress' | 'failed' | 'refused' | 'superseded' | 'dry-run';

/** How it ended, in one sentence; and where that is not the end, how things stand and what to do. */
export interface Outcome {
  readonly kind: OutcomeKind;
  /** A person should look at it. */
  readonly attention: boolean;
  readonly title: string;
  readonly sentence: string;
  readonly stands: readonly string[];
  readonly next: readonly string[];
}

/** What the outcome is read from: the report but for the outcome itself. */
export type Findings = Omit<MigrationReport, 'outcome'>;

/** The outcome of what was found. */
export function outcomeOf(kind: OutcomeKind, findings: Findings): Outcome {
  return {
    kind,
    attention: findings.failure !== undefined || strayKeys(findings) > 0 || findings.unwatched !== undefined,
    ...headline(kind, findings),
    stands: whatStands(kind, findings),
    next: whatToDoNext(kind, findings),
  };
}

function headline(kind: OutcomeKind, findings: Findings): Pick<Outcome, 'title' | 'sentence'> {
  const { failure, life, estimate } = findings;
  const reason = failure ? `${sentenceOf(failure)}.` : '';
  const phase = life?.phases.find(({ state }) => state === 'now' || state === 'stopped');
  switch (kind) {
    case 'completed':
      return {
        title: isMoved(findings)
          ? strayKeys(findings) > 0
            ? 'Moved, but the source was written afterwards'
            : 'Moved'
          : 'Ended with the source',
        sentence: isMoved(findings)
          ? moved(findings)
          : `${source(findings)} ${isOne(findings) ? 'stays' : 'stay'} where the application works; what the migration had added is gone.`,
      };
    case 'in-progress':
      return {
        title: `In progress: ${phase?.title ?? 'between two phases'}`,
        sentence: `${source(findings)} ${isOne(findings) ? 'is' : 'are'} being moved${destination(findings)}, for ${secondsText(life?.seconds ?? 0)} so far.`,
      };
    case 'failed':
      return { title: phase ? `Stopped in ${phase.title}` : 'Stopped', sentence: reason };
    case 'refused':
      return { title: 'Refused: nothing was touched', sentence: reason };
    case 'superseded':
      return { title: 'Stopped: another execution has taken over', sentence: reason };
    case 'dry-run':
      return {
        title: 'Dry run: nothing was touched',
        sentence: failure ? `It failed: ${reason}` : estimate ? expected(findings, estimate) : '',
      };
  }
}

function moved(findings: Findings): string {
  const { copy, changes, cutover } = findings;
  const facts = [
    `${counted(copy?.items ?? 0, movedNoun(findings))} copied`,
    `${countOf(changes?.records ?? 0, 'change')} followed`,
    ...(cutover?.switched
      ? [`writes held for ${millisecondsText(cutover.switched.writePauseMilliseconds)}`]
      : []),
  ];
  return `${source(findings)} ${isOne(findings) ? 'was' : 'were'} moved${destination(findings)} while the application went on: ${facts.join(', ')}.`;
}

function expected(findings: Findings, { durationSeconds, dollars }: EstimateReport): string {
  const time = `${secondsText(durationSeconds.least)} to ${secondsText(durationSeconds.most)}`;
  const price = `${dollarsText(dollars.least)} to ${dollarsText(dollars.most)}`;
  return `Moving ${source(findings)}${destination(findings)} is expected to take ${time} and to cost ${price}.`;
}

function source({ resources }: Findings): string {
  const [first] = resources;
  if (resources.length === 1 && first) return first.source;
  return resourcesText(resources.map(({ kind }) => kind)) || 'What the spec names';
}

function destination({ resources }: Findings): string {
  const [first] = resources;
  return resources.length === 1 && first ? ` to ${first.target}` : '';
}

function isOne({ resources }: Findings): boolean {
  return resources.length === 1;
}

function sentenceOf({ error, message }: FailureReport): string {
  return `${error}: ${firstLine(message)}`;
}
