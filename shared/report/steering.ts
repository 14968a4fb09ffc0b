import type { ChangedFact } from '../engine/watchdog.ts';
import type { ActionRecord } from '../journal/actions.ts';
import type { Status } from '../status.ts';
import { isoTime } from './format.ts';

/** What was done to a migration while it ran, by people and by its alarm. */
export interface SteeringReport {
  readonly actions: readonly ActionReport[];
  /** What others have changed at the tables meanwhile, as by a deployment. */
  readonly changedByOthers: readonly ChangeReport[];
}

/** A setting of a table as the migration found it, and as it was seen last. */
export type ChangeReport = Omit<ChangedFact, 'at'> & { readonly at: string };

export interface ActionReport {
  readonly at: string;
  /** The name that was declared. */
  readonly by: string;
  readonly action: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly outcome: ActionRecord['outcome'];
  readonly effect?: string | undefined;
}

/** @returns undefined if nobody has done anything. */
export function steeringReport({ actions, changed }: Status): SteeringReport | undefined {
  if (actions.length === 0 && changed.length === 0) return undefined;
  return {
    changedByOthers: changed.map(({ at, ...change }) => ({ ...change, at: isoTime(at) })),
    actions: actions.map(({ at, by, action, parameters, outcome, effect }) => ({
      at: isoTime(at),
      by,
      action,
      parameters,
      outcome,
      effect,
    })),
  };
}

/** An action with its parameters: pace writeUnits 500. */
export function actionText({ action, parameters }: Pick<ActionReport, 'action' | 'parameters'>): string {
  return [
    action,
    ...Object.entries(parameters).flatMap(([name, value]) =>
      value === true ? [name] : [`${name} ${String(value)}`],
    ),
  ].join(' ');
}

/** What somebody has changed at a table. */
export function changeText({ table, what, before, now, times }: Omit<ChangedFact, 'at'>): string {
  return `${what} of ${table}: ${before} → ${now}${times > 1 ? ` (changed ${times} times)` : ''}`;
}

/** What became of an action. */
export function effectText({ outcome, effect = '' }: Pick<ActionReport, 'outcome' | 'effect'>): string {
  switch (outcome) {
    case 'done':
      return effect;
    case 'refused':
      return `refused: ${effect}`;
    case 'begun':
      return 'interrupted: it may have taken effect';
  }
}
