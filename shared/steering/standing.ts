import { activeSide, type Side } from '../direction.ts';
import type { NoWayBackFact, StandByFact } from '../engine/stand-by.ts';
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
  /** The side that the application works on. */
  readonly active: Side;
  /** Why there is no way back any more. */
  readonly noWayBack: string | undefined;
}

/**
 * @param journal in the present direction.
 * @returns undefined if the migration's name is not known.
 */
export async function readStanding(journal: Journal): Promise<Standing | undefined> {
  const [identity, coordinator, controls, standBy, noWayBack] = await Promise.all([
    journal.identity(),
    journal.coordinator.read(),
    journal.controls.read(),
    journal.direction.fact<StandByFact>('stand-by'),
    journal.direction.fact<NoWayBackFact>('no-way-back'),
  ]);
  if (!identity || !coordinator) return undefined;
  return {
    name: journal.migration,
    spec: identity.spec,
    coordinator,
    controls,
    standBy,
    active: activeSide(journal.epoch),
    noWayBack: noWayBack?.reason,
  };
}
