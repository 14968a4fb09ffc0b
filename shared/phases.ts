import { activeSide } from './direction.ts';

/**
 * The phases of a migration in their order. The workflow, the journal, the status and the report all take
 * their order from here.
 */
export const PHASES = [
  { id: 'validate', title: 'Validate' },
  { id: 'plan', title: 'Plan' },
  { id: 'target', title: 'Prepare the target' },
  { id: 'backup', title: 'Back up' },
  { id: 'capture', title: 'Capture on' },
  { id: 'copy', title: 'Copy' },
  { id: 'catch-up', title: 'Catch up' },
  { id: 'verify', title: 'Verify' },
  { id: 'way-back', title: 'Prepare the way back' },
  { id: 'ready', title: 'Ready' },
  { id: 'announce', title: 'Announce' },
  { id: 'fence', title: 'Fence' },
  { id: 'drain', title: 'Drain' },
  { id: 'close', title: 'Close' },
  { id: 'recheck', title: 'Final recheck' },
  { id: 'smoke-test', title: 'Smoke test' },
  { id: 'switch', title: 'Switch' },
  { id: 'reverse', title: 'Reverse' },
  { id: 'sweep', title: 'Sweep' },
  { id: 'complete', title: 'Complete' },
] as const;

export type Phase = (typeof PHASES)[number]['id'];

/** Phases whose work is fanned out over units, one worker each. */
export const UNIT_PHASES = ['copy', 'verify', 'sweep'] as const satisfies readonly Phase[];
export type UnitPhase = (typeof UNIT_PHASES)[number];

export function isUnitPhase(phase: Phase): phase is UnitPhase {
  return UNIT_PHASES.some((unitPhase) => unitPhase === phase);
}

/** Phases that wait for something and are polled in child executions of bounded length. */
export const WAITING_PHASES = [
  'target',
  'backup',
  'capture',
  'catch-up',
  'way-back',
  'ready',
  'reverse',
  'complete',
] as const satisfies readonly Phase[];
export type WaitingPhase = (typeof WAITING_PHASES)[number];

/** The steps of the cutover, in order. Each is one short invocation of the same worker. */
export const CUTOVER_STEPS = [
  'announce',
  'fence',
  'drain',
  'close',
  'recheck',
  'smoke-test',
  'switch',
] as const satisfies readonly Phase[];
export type CutoverStep = (typeof CUTOVER_STEPS)[number];

/** The part of a spec that decides of its phases: the smoke test is one only where it is asked for. */
interface Phased {
  readonly cutover: { readonly smokeTest?: object | undefined };
}

/** The phases that a migration goes through. */
export function phasesOf({ cutover }: Phased): readonly (typeof PHASES)[number][] {
  return PHASES.filter(({ id }) => id !== 'smoke-test' || cutover.smokeTest !== undefined);
}

/** The steps that its cutovers take. */
export function cutoverSteps(spec: Phased): readonly CutoverStep[] {
  return phasesOf(spec)
    .map(({ id }) => id)
    .filter(isCutoverStep);
}

/** The step that follows another one; undefined after the switch. */
export function stepAfter(step: CutoverStep, spec: Phased): CutoverStep | undefined {
  const steps = cutoverSteps(spec);
  return steps[steps.indexOf(step) + 1];
}

/** The phases in which a migration stands by, in step with the active side: before a switch, and after it. */
export type StandByPhase = Extract<Phase, 'ready' | 'reverse'>;

export function standByPhase(epoch: number): StandByPhase {
  return activeSide(epoch) === 'source' ? 'ready' : 'reverse';
}

export function isStandBy(phase: Phase): phase is StandByPhase {
  return phase === 'ready' || phase === 'reverse';
}

export function isCutoverStep(phase: Phase): phase is CutoverStep {
  return CUTOVER_STEPS.some((step) => step === phase);
}

/** Position of a phase among all; a larger one is later. */
export function phaseOrder(phase: Phase): number {
  return PHASES.findIndex(({ id }) => id === phase);
}

/** The same for what may follow what: a cutover follows the stand-by of either direction. */
export function phaseRank(phase: Phase): number {
  return phaseOrder(phase === 'reverse' ? 'ready' : phase);
}

export function phaseTitle(phase: Phase): string {
  return PHASES[phaseOrder(phase)]?.title ?? phase;
}
