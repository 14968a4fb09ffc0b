import type { ActionRecord } from '../journal/actions.ts';
import type { Status } from '../status.ts';
import { isoTime } from './format.ts';

/** What was done to a migration while it ran, by people and by its alarm. */
export interface SteeringReport {
  readonly actions: readonly ActionReport[];
}

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
export function steeringReport({ actions }: Status): SteeringReport | undefined {
  if (actions.length === 0) return undefined;
  return {
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
