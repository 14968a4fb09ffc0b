import type { SwitchFact } from '../engine/cutover.ts';
import type { StandByFact } from '../engine/ready.ts';
import type { ControlsRecord } from '../journal/controls.ts';
import type { CoordinatorRecord } from '../journal/coordinator.ts';
import type { Journal } from '../journal/journal.ts';
import type { Spec } from '../spec.ts';

/** How a migration stands, as far as actions are judged by it. */
export interface Standing {
  readonly name: string;
  readonly spec: Spec;
  readonly coordinator: CoordinatorRecord;
  readonly controls: ControlsRecord;
  readonly standBy: StandByFact | undefined;
  readonly switched: boolean;
}

/** @returns undefined if the migration's name is not known. */
export async function readStanding(journal: Journal): Promise<Standing | undefined> {
  const [identity, coordinator, controls, standBy, switched] = await Promise.all([
    journal.identity(),
    journal.coordinator.read(),
    journal.controls.read(),
    journal.fact<StandByFact>('stand-by'),
    journal.fact<SwitchFact>('switch'),
  ]);
  if (!identity || !coordinator) return undefined;
  return {
    name: journal.migration,
    spec: identity.spec,
    coordinator,
    controls,
    standBy,
    switched: switched !== undefined,
  };
}
