import type { RouteWatch } from '../route-watch.ts';
import { NAME, type Stage } from '../stage.ts';

/** Where a smoke test is asked for, nothing is switched that has not passed it in the same attempt. */
export function switchesAreSmokeTested(stage: Stage, route: RouteWatch): void {
  if (!stage.setting.smokeTest) return;
  route.onSwitch((to) => {
    const coordinator = stage.world
      .table('journal')
      .get({ pk: { S: `migration#${NAME}` }, sk: { S: 'coordinator' } });
    const attempt = Number(coordinator?.cutover?.M?.attempt?.N);
    stage.count('switched after a smoke test');
    if (!stage.smokeTests.hasPassed(to, attempt))
      stage.violate(`switched without a smoke test that has passed: to the ${to}, in attempt ${attempt}`);
  });
}
