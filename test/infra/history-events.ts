/**
 * The events that AWS writes to the history of a Standard execution, counted from the definition of its state
 * machine (Step Functions API Reference, HistoryEvent).
 */
export interface StateDefinition {
  readonly Type: 'Task' | 'Choice' | 'Wait' | 'Pass' | 'Map' | 'Succeed' | 'Fail';
  readonly Resource?: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string; readonly Variable?: string }[];
  readonly Catch?: readonly { readonly Next: string }[];
  readonly Retry?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly MaxAttempts: number;
    readonly JitterStrategy?: string;
    readonly BackoffRate?: number;
  }[];
  readonly TimeoutSeconds?: number;
  readonly ItemProcessor?: Definition;
}

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, StateDefinition>>;
}

/** TaskStateEntered, TaskScheduled, TaskStarted, TaskSucceeded, TaskStateExited; a job that is run also TaskSubmitted. */
export function eventsOfState({ Type, Resource = '' }: StateDefinition): number {
  switch (Type) {
    case 'Task':
      return Resource.includes('.sync') ? 6 : 5;
    case 'Fail':
      return 1;
    default:
      return 2;
  }
}

/** A retry repeats TaskFailed, TaskScheduled and TaskStarted. */
function eventsOfRetries({ Retry = [] }: StateDefinition): number {
  return 3 * Retry.reduce((sum, { MaxAttempts }) => sum + MaxAttempts, 0);
}

/** The states of the shortest way from a state back to itself. */
export function loop({ States }: Definition, start: string): string[] {
  const ways: string[][] = [[start]];
  for (let way = ways.shift(); way; way = ways.shift()) {
    for (const next of successors(States[way.at(-1) as string])) {
      if (next === start) return way;
      if (!way.includes(next)) ways.push([...way, next]);
    }
  }
  throw new Error(`no way leads from ${start} back to it`);
}

function successors(state: StateDefinition | undefined): string[] {
  return [state?.Next, ...(state?.Choices ?? []).map(({ Next }) => Next), state?.Default].filter(
    (next) => next !== undefined,
  );
}

/** The events of one turn of a loop, and how many more when every retry is used up. */
export function eventsOfLoop(
  definition: Definition,
  start: string,
): { readonly events: number; readonly withRetries: number } {
  const states = loop(definition, start).map((name) => definition.States[name] as StateDefinition);
  const events = states.reduce((sum, state) => sum + eventsOfState(state), 0);
  return { events, withRetries: states.reduce((sum, state) => sum + eventsOfRetries(state), events) };
}
