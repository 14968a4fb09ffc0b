import type { RouteWatch } from '../route-watch.ts';
import type { Stage } from '../stage.ts';
import { checkpointsCoverWhatIsWritten } from './checkpoints.ts';
import { versionsClaimNoMore } from './claims.ts';
import { floorsHold } from './floors.ts';
import { Permits, writesArePermitted } from './permits.ts';
import { quarantineIsSettled } from './quarantine.ts';
import { oneHolderPerTerm, onlyHoldersMoveUnits, onlyTheLatestCoordinates } from './terms.ts';
import { versionsGrow } from './versions.ts';

/** What holds at every write while copy, changes and repair are at work, whatever else happens. */
export function dataPathHolds(stage: Stage, route: RouteWatch): void {
  const permits = new Permits(stage);
  oneHolderPerTerm(stage);
  onlyHoldersMoveUnits(stage);
  onlyTheLatestCoordinates(stage);
  checkpointsCoverWhatIsWritten(stage);
  writesArePermitted(stage, route, permits);
  floorsHold(stage, route, permits);
  versionsGrow(stage, route);
  quarantineIsSettled(stage, route);
  versionsClaimNoMore(stage, route);
}
