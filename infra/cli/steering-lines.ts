import { CAPACITY_KINDS } from '../../shared/capacity.ts';
import { pauseText } from '../../shared/engine/hold.ts';
import { slowedTo, standingPace } from '../../shared/engine/pace.ts';
import { slowdownOf } from '../../shared/journal/controls.ts';
import { capacityText, serviceOf } from '../../shared/report/capacity.ts';
import { isoTime, utcText } from '../../shared/report/format.ts';
import { completedAt } from '../../shared/report/life.ts';
import { actionText, changeText, effectText } from '../../shared/report/steering.ts';
import type { Status } from '../../shared/status.ts';
import { paceText } from '../../shared/steering/pace.ts';
import type { Paint } from './terminal.ts';

/** The newest of them: the report has all. */
const SHOWN_ACTIONS = 3;

/** What holds the migration back or limits it now: a person, its alarm, its pace, throttling. */
export function steeringTexts(status: Status, now: number, paint: Paint): string[] {
  if (completedAt(status) !== undefined) return [];
  const { controls, retention, spec } = status;
  const paused = pauseText(controls);
  const pace = standingPace(spec, controls);
  return [
    ...(paused ? [paint('yellow', paused)] : []),
    ...(retention && retention.level !== 'fine' ? [paint('yellow', retention.detail)] : []),
    ...(controls.paused ? [`segue resume ${status.name} ends the pause`] : []),
    ...(Object.values(pace).some((limit) => limit !== undefined)
      ? [`pace: ${paceText(pace)}${controls.pace ? `, set by ${controls.pace.by}` : ' (spec)'}`]
      : []),
    ...CAPACITY_KINDS.flatMap((kind) => {
      const slowdown = controls[slowdownOf(kind)];
      const units = slowedTo(slowdown, now);
      return slowdown && units !== undefined
        ? [
            `slowed to ${capacityText(kind, Math.round(units))} a second: ${serviceOf(kind)} throttled the ${slowdown.scope}; it comes back step by step`,
          ]
        : [];
    }),
  ];
}

/** What was done to it last. */
export function actionTexts({ actions }: Status): string[] {
  return actions
    .slice(-SHOWN_ACTIONS)
    .map(
      (action) =>
        `${utcText(isoTime(action.at))} UTC, ${action.by}: ${actionText(action)}: ${effectText(action).split('\n')[0]}`,
    );
}

/** What others have changed at the tables meanwhile. */
export function changedTexts({ changed }: Status): string[] {
  return changed.map((change) => `${utcText(isoTime(change.at))} UTC: ${changeText(change)}`);
}
