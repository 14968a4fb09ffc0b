import { phaseOrder } from '../phases.ts';
import { countOf, countText, utcText } from './format.ts';
import { counted, movedNoun } from './nouns.ts';
import type { Findings, OutcomeKind } from './outcome.ts';
import { policyLines } from './policies.ts';

/** How things stand, for somebody who must decide what to do. */
export function whatStands(kind: OutcomeKind, findings: Findings): string[] {
  switch (kind) {
    case 'dry-run':
    case 'refused':
      return ['Nothing was created, changed or written.'];
    case 'superseded':
      return ['Another execution coordinates this migration now; its own report says how it stands.'];
    case 'completed':
      return [leftOnTarget(findings), compared(findings), strays(findings), unwatched(findings)].filter(
        (line) => line !== undefined,
      );
    case 'in-progress':
    case 'failed':
      return [
        active(findings),
        copied(findings),
        captured(findings),
        quarantined(findings),
        strays(findings),
        unwatched(findings),
        ...policyLines(findings.policies),
      ].filter((line) => line !== undefined);
  }
}

export function whatToDoNext(kind: OutcomeKind, findings: Findings): string[] {
  switch (kind) {
    case 'completed':
      return [
        ...(strayKeys(findings) > 0
          ? [
              'Find out who wrote the source after the switch, and carry those changes over by hand where they matter.',
            ]
          : []),
        ...(findings.unwatched === undefined
          ? []
          : ['Make sure that nobody wrote the source after the switch without a router.']),
        ...(findings.toDo.length > 0 && isMoved(findings)
          ? [
              `Give the target what does not travel with the ${movedNoun(findings).many}, where it was not done before (${countOf(findings.toDo.length, 'thing')}, listed below).`,
            ]
          : []),
      ];
    case 'in-progress':
      return findings.awaitsApproval
        ? [`The cutover waits for a person: segue approve ${findings.name}`]
        : [];
    case 'dry-run':
      return findings.failure
        ? ['Remove the cause, then start the dry run again.']
        : ['Start an execution with the same spec and "dryRun": false.'];
    case 'refused':
      return ['Correct what is listed here, then start an execution again.'];
    case 'superseded':
      return ['Watch the execution that has taken over; there is nothing to do here.'];
    case 'failed':
      return [
        'Remove the cause, then start an execution with the same spec: it goes on from the journal.',
        ...(isCaptured(findings) && !isSwitched(findings)
          ? ['Do it within a day: the stream keeps its records for 24 hours, and no change may be missed.']
          : []),
      ];
  }
}

function active(findings: Findings): string {
  const { cutover, route } = findings;
  if (cutover?.switched)
    return `The switch was made at ${utcText(cutover.switched.switchedAt)} UTC: the application works on the ${cutover.switched.to}.`;
  switch (route?.state) {
    case 'target':
      return 'The switch was made: the application works on the target.';
    case 'fenced':
      return `Writes are held${route.deadlineAt ? ` until ${utcText(route.deadlineAt)} UTC; then the routers lift the fence by themselves` : ''}.`;
    case 'announced':
      return 'The application works on the source; a cutover is announced, and the next start takes that back.';
    default:
      return 'The application works on the source, as before.';
  }
}

function copied(findings: Findings): string | undefined {
  const { copy } = findings;
  if (!copy || copy.items === 0) return undefined;
  return `Copied so far: ${countText(copy.unitsDone)} of ${countOf(copy.units, 'unit')}, ${counted(copy.items, movedNoun(findings))}; none of it is copied again.`;
}

/** Of a migration that ended with the source. */
function leftOnTarget(findings: Findings): string | undefined {
  const { copy, resources } = findings;
  if (isMoved(findings) || !copy || copy.items === 0) return undefined;
  const names = resources.map(({ target }) => target).join(', ');
  return `${names} ${resources.length === 1 ? 'keeps' : 'keep'} what was copied and carried over (${countText(copy.unitsDone)} of ${countOf(copy.units, 'unit')}), and nothing is added to it any more: delete it where nobody needs it.`;
}

function captured(findings: Findings): string | undefined {
  if (!isCaptured(findings) || isSwitched(findings)) return undefined;
  return 'Changes of the source are still captured and applied to the target.';
}

function compared(findings: Findings): string | undefined {
  const { compare, lastCompare, finalRecheck } = findings;
  if (!compare) return undefined;
  if (compare.unitsDone < compare.units)
    return `Of ${countOf(compare.units, 'unit')} ${countText(compare.unitsDone)} were compared on both sides.`;
  const noun = movedNoun(findings);
  const found =
    compare.mismatches === 0
      ? `no ${noun.one} differed`
      : compare.notRepaired === 0
        ? `${counted(compare.mismatches, noun)} differed and ${compare.mismatches === 1 ? 'was' : 'were'} repaired`
        : `${counted(compare.mismatches, noun)} differed, ${countText(compare.repaired)} of them repaired at once`;
  const last = finalRecheck
    ? ` The final recheck, with writes held, compared ${countOf(finalRecheck.keys, 'key')} once more; ${finalRecheck.repaired === 0 ? 'none differed' : `${countText(finalRecheck.repaired)} differed and were repaired`}.`
    : '';
  const again = lastCompare
    ? ` What changes without a stream was listed on both sides once more before the cutover; ${lastCompare.repaired === 0 ? 'nothing differed' : `${countText(lastCompare.repaired)} differed and were repaired`}.`
    : '';
  return `Both sides were compared key by key: ${found}.${again}${last}`;
}

function quarantined({ keys }: Findings): string | undefined {
  if (!keys || keys.quarantine.total === 0) return undefined;
  return `${countOf(keys.quarantine.total, 'key')} can't be written to the target: see the list below.`;
}

function strays(findings: Findings): string | undefined {
  if (strayKeys(findings) === 0) return undefined;
  return `${countOf(strayKeys(findings), 'key')} of the source changed after the switch, by somebody without a router: see the list below. Nothing of it was carried over.`;
}

function unwatched(findings: Findings): string | undefined {
  if (findings.unwatched === undefined) return undefined;
  return `Changes of the source after the switch may have gone unseen: the migration stood still for longer than the stream keeps them (${findings.unwatched}).`;
}

/** How many keys of the source changed after the switch. */
export function strayKeys({ keys }: Findings): number {
  return keys?.strays.total ?? 0;
}

function isCaptured({ life }: Findings): boolean {
  const current = life?.phases.find(({ state }) => state === 'now' || state === 'stopped');
  return current !== undefined && phaseOrder(current.id) > phaseOrder('capture');
}

/** Whether the application works on the target. */
export function isMoved({ cutover, route }: Findings): boolean {
  return cutover?.switched ? cutover.switched.to === 'target' : route?.state === 'target';
}

function isSwitched({ cutover, route }: Findings): boolean {
  return cutover?.switched !== undefined || route?.state === 'target';
}
