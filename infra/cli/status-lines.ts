import { type Phase, phaseOrder, phasesOf, phaseTitle, UNIT_PHASES } from '../../shared/phases.ts';
import { countOf, countText, isoTime, millisecondsText, utcText } from '../../shared/report/format.ts';
import { completedAt } from '../../shared/report/life.ts';
import { resourcePairs } from '../../shared/spec.ts';
import type { Status } from '../../shared/status.ts';
import { bar } from './bar.ts';
import { percent, phaseProgress } from './phase-progress.ts';
import type { Rates } from './rates.ts';
import { actionTexts, changedTexts, steeringTexts } from './steering-lines.ts';
import type { Paint } from './terminal.ts';

const LABEL_WIDTH = 13;
const GATE_WIDTH = 14;
/** Phases of the cutover in which writes are held. */
const PAUSED: readonly Phase[] = ['fence', 'drain', 'close', 'recheck', 'smoke-test', 'switch'];

interface ViewProps {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly rates: Rates;
  readonly paint: Paint;
}

/** A migration in some twenty lines: what `segue status` prints and `segue watch` draws again and again. */
export function statusLines(status: Status, { now, rates, paint }: ViewProps): string[] {
  const entry = (label: string, texts: readonly string[]) =>
    texts.map((text, index) => `${paint('dim', (index === 0 ? label : '').padEnd(LABEL_WIDTH))}${text}`);
  return [
    ...entry('Migration', [`${paint('bold', status.name)}, begun ${moment(status.createdAt)}`]),
    ...entry(
      'Tables',
      resourcePairs(status.spec.resources).map(({ source, target }) => `${source} → ${target}`),
    ),
    ...entry('Phase', [phaseText(status, now, paint)]),
    ...entry(
      'Active',
      status.epoch > 1
        ? [`the ${status.active}, switched ${status.epoch === 2 ? 'once' : `${status.epoch - 1} times`}`]
        : [],
    ),
    ...entry('Execution', [status.execution]),
    ...entry('Steering', steeringTexts(status, now, paint)),
    ...UNIT_PHASES.flatMap((phase) => entry(phaseTitle(phase), progressTexts(status, phase, rates, paint))),
    ...entry('Changes', changesTexts(status)),
    ...gateLines(status, entry, paint),
    ...entry('Approval', approvalTexts(status)),
    ...entry('Way back', wayBackTexts(status, paint)),
    ...entry('Rehearsal', rehearsalTexts(status)),
    ...entry('Smoke test', smokeTestTexts(status, paint)),
    ...entry('Write pause', pauseTexts(status, now)),
    ...entry('Actions', actionTexts(status)),
    ...entry('By others', changedTexts(status)),
    ...entry('Failure', failureTexts(status, paint)),
  ];
}

function moment(at: number): string {
  return `${utcText(isoTime(at))} UTC`;
}

function phaseText(status: Status, now: number, paint: Paint): string {
  const { spec, phases, phase, title, createdAt } = status;
  const endedAt = completedAt(status);
  if (endedAt !== undefined)
    return `${paint('green', 'Completed')} after ${millisecondsText(endedAt - createdAt)}`;
  const enteredAt = phases[phase]?.enteredAt;
  const since = enteredAt === undefined ? '' : `, for ${millisecondsText(Math.max(0, now - enteredAt))}`;
  const all = phasesOf(spec);
  return `${paint('cyan', title)} (${all.findIndex(({ id }) => id === phase) + 1} of ${all.length})${since}`;
}

function progressTexts(
  status: Status,
  phase: (typeof UNIT_PHASES)[number],
  rates: Rates,
  paint: Paint,
): string[] {
  const progress = phaseProgress(status, phase, rates);
  if (!progress) return [];
  const { share, text } = progress;
  return [`${paint('cyan', bar(share))} ${percent(share).padStart(5)}  ${text}`];
}

function changesTexts({ phase, applied, lagSeconds }: Status): string[] {
  if (phaseOrder(phase) < phaseOrder('capture')) return [];
  const details = (
    [
      [applied.written, 'written'],
      [applied.removed, 'removed'],
      [applied.newer, 'already newer'],
      [applied.skipped, 'without a change'],
      [applied.rechecked, 'to be rechecked'],
      [applied.quarantined, 'put in quarantine'],
    ] as const
  ).flatMap(([number, what]) => (number > 0 ? [`${countText(number)} ${what}`] : []));
  const lag = lagSeconds === undefined ? 'none in the last minute' : `lag ${lagSeconds.toFixed(1)} s`;
  return [
    `${countOf(applied.records, 'record')} applied${details.length > 0 ? ` (${details.join(', ')})` : ''}; ${lag}`,
  ];
}

/** The gates as the last turn of the stand-by found them. At the end they are history. */
function gateLines(
  { phase, standBy }: Status,
  entry: (label: string, texts: readonly string[]) => string[],
  paint: Paint,
): string[] {
  const gates = phaseOrder(phase) >= phaseOrder('sweep') ? [] : (standBy?.gates ?? []);
  if (gates.length === 0) return [];
  const open = gates.filter(({ holds }) => holds).length;
  return [
    ...entry('Gates', [`${open} of ${gates.length} open`]),
    ...gates.map(({ name, holds, detail }) => {
      const mark = holds ? paint('green', '✔') : paint('yellow', '✖');
      return `  ${mark} ${name.padEnd(GATE_WIDTH)} ${holds ? paint('dim', detail) : detail}`;
    }),
  ];
}

function approvalTexts({ approval, awaitsApproval, name }: Status): string[] {
  if (approval)
    return [`${approval.rehearsal ? 'of a rehearsal, ' : ''}by ${approval.by}, ${moment(approval.at)}`];
  return awaitsApproval ? [`every other gate is open: segue approve ${name}`] : [];
}

/** After the switch: whether the application can still go back. */
function wayBackTexts({ phase, name, spec, noWayBack, ending }: Status, paint: Paint): string[] {
  if (ending) return [`the migration ends as it stands: said by ${ending.by}, ${moment(ending.at)}`];
  if (phase !== 'reverse') return [];
  const end = spec.cutover.complete === 'automatic' ? '' : `; segue complete ${name} ends the migration`;
  if (noWayBack) return [`${paint('yellow', 'none any more')}: ${noWayBack.reason}${end}`];
  return spec.cutover.wayBack ? [`open: segue rollback ${name}${end}`] : [`not asked for${end}`];
}

function rehearsalTexts({ rehearsal }: Status): string[] {
  if (!rehearsal) return [];
  const { at, pauseMilliseconds, failed } = rehearsal;
  return [
    pauseMilliseconds === undefined
      ? `${moment(at)}: not made, ${failed}`
      : `${moment(at)}: writes were held for ${millisecondsText(pauseMilliseconds)}`,
  ];
}

function smokeTestTexts({ smokeTest }: Status, paint: Paint): string[] {
  if (!smokeTest) return [];
  const { at, attempt, milliseconds, failed, answer = '' } = smokeTest;
  const outcome = failed === undefined ? paint('green', 'passed') : paint('red', 'failed');
  return [
    `${outcome} after ${millisecondsText(milliseconds)}, ${moment(at)} (attempt ${attempt}): ${failed ?? answer}`,
  ];
}

function pauseTexts({ phase, phases, switched, pauseMilliseconds }: Status, now: number): string[] {
  if (switched && pauseMilliseconds !== undefined)
    return [`${millisecondsText(pauseMilliseconds)}, switched ${moment(switched.switchedAt)}`];
  const fencedAt = phases.fence?.enteredAt;
  return PAUSED.includes(phase) && fencedAt !== undefined
    ? [`${millisecondsText(Math.max(0, now - fencedAt))} so far`]
    : [];
}

/** The failure of the last execution that failed; another one may have gone on since. */
function failureTexts({ failure, phases }: Status, paint: Paint): string[] {
  if (!failure) return [];
  const resumed = Object.values(phases).some(({ enteredAt }) => enteredAt > failure.at);
  const [first = '', ...rest] = `${failure.error}: ${failure.cause}`.split('\n');
  return [
    `${moment(failure.at)}${resumed ? ', resumed since' : ''}: ${paint(resumed ? 'dim' : 'red', first)}`,
    ...rest,
  ];
}
