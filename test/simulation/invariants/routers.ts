import { FRESH_MILLISECONDS } from '../../../shared/route.ts';
import type { RouteWatch } from '../route-watch.ts';
import type { Stage } from '../stage.ts';

/** Between the decision and the sending. */
const SLACK_MILLISECONDS = 5;

/**
 * At every sending of a write: from the announcement on a router acts on no route older than the time that the drain
 * counts on, measured from the sending of its read. So nothing is sent to the active side later than that behind a fence.
 */
export function routerHolds(
  stage: Stage,
  route: RouteWatch,
  router: string,
  request: Readonly<Record<string, unknown>>,
): void {
  if (route.state !== 'fenced' || route.age <= FRESH_MILLISECONDS + SLACK_MILLISECONDS) return;
  const names = JSON.stringify([request.TableName, request.RequestItems, request.TransactItems]);
  if (names.includes(`"${route.active}"`))
    stage.violate(`sent behind the fence: by ${router}, ${Math.round(route.age)} ms after it stood`);
}
