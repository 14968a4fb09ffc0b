import { LookUps } from '../checks.ts';
import type { Finding } from '../finding.ts';
import type { PhaseTimes } from '../journal/coordinator.ts';
import type { TimeSpan } from '../monitoring.ts';
import type { Phase } from '../phases.ts';
import { type PlannedResource, plannedKind } from '../resources/planned-resource.ts';
import type { ByKind, ResourceFitness } from '../resources/resource-kind.ts';
import { noteExpiry } from './expiry.ts';
import type { Migration } from './migration.ts';

/** What is demanded of a target before the cutover: whether it holds, and what was found. */
export interface TargetState {
  /** It takes what its source was measured to take. */
  readonly capacity: Finding;
  /** Nothing expires on it before the switch. */
  readonly timeToLive: Finding;
}

type Watched = Pick<Migration, 'name' | 'plan' | 'journal' | 'runtime'>;

const MINUTE = 60_000;
/** Control plane and metrics are asked now and then only; sooner while a person is to change something. */
const KEPT_MILLISECONDS = 5 * MINUTE;
const KEPT_SHUT_MILLISECONDS = 15_000;
/** Traffic of so long a time counts. */
const MEASURED_HOURS = 3;
const MEASURED_MILLISECONDS = MEASURED_HOURS * 60 * MINUTE;

/** Looks at the targets of migrations that are ready, and remembers for a while what it saw. */
export class TargetWatch {
  readonly #fitness: ByKind<ResourceFitness>;
  readonly #seen = new Map<string, { readonly until: number; readonly states: readonly TargetState[] }>();

  constructor(fitness: ByKind<ResourceFitness>) {
    this.#fitness = fitness;
  }

  async states(migration: Watched): Promise<readonly TargetState[]> {
    const now = migration.runtime.now();
    const seen = this.#seen.get(migration.name);
    if (seen && now < seen.until) return seen.states;
    const spans = measuredSpans(await migration.journal.coordinator.phaseTimes(), now);
    const states: TargetState[] = [];
    for (const resource of migration.plan.resources)
      states.push({
        capacity: await this.#capacity(resource, spans),
        timeToLive: await this.#timeToLive(migration, resource),
      });
    const shut = states.some(({ capacity, timeToLive }) => !capacity.holds || !timeToLive.holds);
    const until = now + (shut ? KEPT_SHUT_MILLISECONDS : KEPT_MILLISECONDS);
    this.#seen.set(migration.name, { until, states });
    return states;
  }

  async #capacity(resource: PlannedResource, spans: readonly TimeSpan[]): Promise<Finding> {
    const { source, target } = resource;
    const { holds, detail } = await this.#fitness[plannedKind(resource)].capacity(source, target, spans);
    if (holds) return { holds, detail };
    return {
      holds,
      detail: `${detail}, or wait: the traffic of the last ${MEASURED_HOURS} hours counts, without copy and compare`,
    };
  }

  async #timeToLive(migration: Watched, resource: PlannedResource): Promise<Finding> {
    const { target } = resource;
    const fitness = this.#fitness[plannedKind(resource)];
    const lookUps = new LookUps();
    const expiring = await lookUps.ask(`time to live of ${target}`, () =>
      noteExpiry(migration, target, () => fitness.expiry(target)),
    );
    if (!expiring) return { holds: true, detail: lookUps.notes[0] ?? `off at ${target}` };
    const { at, attribute } = expiring;
    return {
      holds: false,
      detail: `it was on at ${target} at ${new Date(at).toISOString()}, so that items may be missing there; disable it (${fitness.endExpiry(target, attribute)}) and start a migration under a new name, which compares both sides again`,
    };
  }
}

/**
 * The last hours without those from the copy to the compare: what the migration itself reads of the source is no
 * traffic that the target has to expect.
 */
function measuredSpans(times: Partial<Record<Phase, PhaseTimes>>, now: number): TimeSpan[] {
  const copyAt = times.copy?.startedAt ?? now;
  const from = Math.max(times.verify?.endedAt ?? now, now - MEASURED_MILLISECONDS);
  const before = MEASURED_MILLISECONDS - (now - from);
  return [
    { from: copyAt - before, to: copyAt },
    { from, to: now },
  ].filter((span) => span.to - span.from >= MINUTE);
}
