import { activeSide, FIRST_EPOCH } from '../direction.ts';
import { ofAll } from '../finding.ts';
import { sumCounts } from '../journal/units.ts';
import { BACKED_UP, NO_BACKUP } from '../resources/resource-kind.ts';
import { serviceOf } from '../route.ts';
import { type Asked, isPassiveDenied, policyFinding } from './fence-policy.ts';
import { comparedSince, isHinted } from './hinted.ts';
import { pauseText, postponementText } from './hold.ts';
import type { AuditedMigration, Migration } from './migration.ts';
import { isRehearsal } from './rehearsal.ts';
import type { Round } from './round.ts';
import { StandingOrders } from './standing-orders.ts';
import type { PassiveReading } from './strays.ts';
import type { TargetState } from './target-watch.ts';
import { openUploadsFinding, presignedFinding, type SideUploads } from './unrouted.ts';

/** What must hold before a cutover, in words. */
export interface GateState {
  readonly name: string;
  readonly holds: boolean;
  /** What was found; where the gate is shut, what would open it. */
  readonly detail: string;
  /** Nothing is known against it but that the policies have to be looked at once more. */
  readonly look?: boolean;
}

export interface GateInput {
  readonly migration: AuditedMigration;
  readonly round: Round;
  /** States of the event source mappings, of each side of each resource. */
  readonly mappings: readonly string[];
  /** The changes of the passive side must be read to the tip: the way back begins where this ends. */
  readonly passive: PassiveReading;
  readonly targets: readonly TargetState[];
  readonly uploads: readonly SideUploads[];
}

/** The gate that is worked on once it is the only one that is shut. */
export const LAST_COMPARE = 'last compare';
/** Lag at which a cutover may begin. */
const MOST_LAG_SECONDS = 5;
/** A last round longer than this would make the write pause longer. */
const LONGEST_ROUND_MILLISECONDS = 1_000;
/** Tombstones are deleted one by one within the write pause. */
const MOST_TOMBSTONES = 500;
/** Repaired keys are compared once more within the write pause. */
const MOST_FINAL_KEYS = 20_000;
/** Keys of objects: each takes two requests for each side. */
const MOST_NOTED_KEYS = 1_000;

/**
 * `askedOnce` reads once, so that what several gates say of it is of one moment. A gate that does not concern a
 * migration is undefined.
 */
type GateCheck = (
  input: GateInput & { readonly askedOnce: () => Promise<Asked> },
) => Promise<Omit<GateState, 'name'> | undefined>;

/** The gates of a cutover by name, in the order in which they are shown. */
const GATES: Readonly<Record<string, GateCheck>> = {
  'full compare': async ({ migration: { journal, plan, spec, runtime } }) => {
    if (isReverse(journal))
      return {
        holds: true,
        detail: 'both sides were equal at the switch, and every change since is compared',
      };
    const records = await journal.units.records('verify', plan.units);
    const done = records.filter((record) => record?.done).length;
    if (done < plan.units)
      return { holds: false, detail: `${done} of ${plan.units} units compared; the others must be` };
    const { items = 0, repaired = 0 } = sumCounts(records);
    const endedAt = (await journal.coordinator.phaseTimes()).verify?.endedAt ?? runtime.now();
    const hours = (runtime.now() - endedAt) / 3_600_000;
    const found = `${items} items compared ${hours.toFixed(1)} h ago, ${repaired} repaired`;
    if (hours <= spec.cutover.maxVerifyAgeHours) return { holds: true, detail: found };
    return {
      holds: false,
      detail: `${found}; at most ${spec.cutover.maxVerifyAgeHours} h old (maxVerifyAgeHours): start a migration under a new name to compare again`,
    };
  },
  [LAST_COMPARE]: async ({ migration }) => {
    if (!isHinted(migration)) return undefined;
    const route = await migration.route.read();
    const round = route && (await comparedSince(migration, route));
    if (!round)
      return {
        holds: false,
        detail: 'begins when all other gates hold, and routers note the keys that they write',
      };
    const found = `${round.keys} keys of both sides compared since routers note what they write, ${round.repaired} mended`;
    return { holds: round.done, detail: round.done ? found : `${found}; each turn goes on` };
  },
  backup: async ({ migration: { journal, spec } }) => {
    if (isReverse(journal)) return { holds: true, detail: 'not needed for the way back' };
    if (!spec.backup) return { holds: true, detail: 'not asked for' };
    const backups = [...(await journal.facts<BackupFact>('backup#')).values()];
    const possible = backups.filter(({ status }) => status !== NO_BACKUP);
    const without = backups.filter(({ status }) => status === NO_BACKUP).map(({ table }) => table);
    const available = possible.filter(({ status }) => status === BACKED_UP).length;
    const found = `${available} of ${possible.length} backups available${available < possible.length ? '; each must be' : ''}`;
    return {
      holds: backups.length > 0 && available === possible.length,
      detail: [
        ...(possible.length > 0 || without.length === 0 ? [found] : []),
        ...(without.length > 0 ? [`S3 has no backup of a moment: none of ${without.join(', ')}`] : []),
      ].join('; '),
    };
  },
  mapping: async ({ mappings }) => ({
    holds: mappings.length > 0 && mappings.every((state) => state === 'Enabled'),
    detail: `event source mappings: ${mappings.join(', ') || 'none'}; each must be Enabled`,
  }),
  'way back': async ({ passive, migration: { journal, passiveFeeds } }) => {
    if (!passiveFeeds.some((feed) => feed)) return { holds: true, detail: 'not asked for (cutover.wayBack)' };
    if (passive.atTip) return { holds: true, detail: 'the other side is captured, and read to its tip' };
    // Who goes back already must not be kept from it because there will be no way forward again.
    if (passive.gone && isReverse(journal))
      return { holds: true, detail: `no way forward again after it: ${passive.gone}` };
    return {
      holds: false,
      detail: passive.gone ?? "the other side's stream is not read to its tip yet; each turn reads on",
    };
  },
  lag: async ({ round }) => ({
    holds: round.complete && round.lagSeconds <= MOST_LAG_SECONDS,
    detail: round.complete
      ? 'every record read has arrived'
      : `the oldest record that has not arrived is ${Math.round(round.lagSeconds)} s old; it must be at most ${MOST_LAG_SECONDS} s`,
  }),
  quarantine: async ({ migration: { journal } }) => {
    const entries = await journal.lists.all('quarantine');
    const first = entries[0];
    return {
      holds: !first,
      detail: first
        ? `${entries.length} keys can't be written (the first: ${first.reason ?? 'no reason noted'}); mend the target or the items, each round tries again`
        : 'empty',
    };
  },
  'recheck list': async ({ migration: { journal } }) => {
    const { length } = await journal.lists.all('recheck');
    return { holds: length === 0, detail: length === 0 ? 'empty' : `${length} keys wait for the next round` };
  },
  'short round': async ({ round }) => ({
    holds: round.milliseconds <= LONGEST_ROUND_MILLISECONDS,
    detail: `the last round compared ${round.keys} keys in ${round.milliseconds} ms; at most ${LONGEST_ROUND_MILLISECONDS} ms${round.milliseconds <= LONGEST_ROUND_MILLISECONDS ? '' : '; the next ones are shorter when fewer keys change'}`,
  }),
  'final recheck': async ({ migration: { journal }, round: { noted = 0 } }) => {
    const { length } = await journal.lists.all('repaired');
    const within = 'to compare once more within the write pause, at most';
    const keys = `${length} repaired keys ${within} ${MOST_FINAL_KEYS}${length <= MOST_FINAL_KEYS ? '' : '; a new, empty target needs none'}`;
    return {
      holds: length <= MOST_FINAL_KEYS && noted <= MOST_NOTED_KEYS,
      detail: noted > 0 ? `${keys}; ${noted} keys that routers have noted, at most ${MOST_NOTED_KEYS}` : keys,
    };
  },
  tombstones: async ({ migration: { journal } }) => {
    const { length } = await journal.lists.all('tombstone');
    return {
      holds: length <= MOST_TOMBSTONES,
      detail: `${length} left, at most ${MOST_TOMBSTONES}; they are swept as the floor rises`,
    };
  },
  permits: async ({ migration: { journal } }) => {
    const others = [...(await journal.gate.permitsOut()).values()].filter((kind) => kind !== 'apply');
    return {
      holds: others.length === 0,
      detail:
        others.length === 0
          ? 'no copier and no repair is running'
          : `${others.length} still out (${others.join(', ')}); they are given back, or end with their invocation`,
    };
  },
  routers: async ({ migration, askedOnce }) => {
    const { route, spec, runtime } = migration;
    const routers = await route.routers();
    if (spec.cutover.fence && !(await askedOnce()).asked && (await isPassiveDenied(migration)))
      return {
        holds: true,
        detail: `${routers.length} live; they prove that they may write the other side once its policy lets them (gate policy)`,
      };
    const unready = routers.filter(({ ready }) => !ready);
    const found = `${routers.length} live, ${routers.length - unready.length} ready`;
    if (unready[0])
      return { holds: false, detail: `${found}; router ${unready[0].id}: ${unready[0].reason}` };
    const lacking = [...new Set(migration.resources.map(serviceOf))].flatMap((service) => {
      const live = routers.filter((router) => serviceOf(router) === service).length;
      return live < spec.cutover.routers ? [`for ${service}, ${live} are`] : [];
    });
    const enough = lacking.length === 0;
    const settledAt = (await route.read())?.settledAt ?? 0;
    if (enough && settledAt > runtime.now())
      return {
        holds: false,
        detail: `${found}; their longer cache times end in ${Math.ceil((settledAt - runtime.now()) / 1000)} s`,
      };
    return {
      holds: enough,
      detail: enough
        ? found
        : `${found}; ${spec.cutover.routers} must be (cutover.routers) ${lacking.join(', and ')}`,
    };
  },
  capacity: async ({ targets, migration: { journal } }) =>
    journal.epoch !== FIRST_EPOCH
      ? { holds: true, detail: 'both sides have carried this traffic' }
      : ofAll(targets.map(({ capacity }) => capacity)),
  // Later it removes what is put back at once: the passive side is watched.
  'time to live': async ({ targets, migration: { journal } }) =>
    journal.epoch === FIRST_EPOCH
      ? ofAll(targets.map(({ timeToLive }) => timeToLive))
      : { holds: true, detail: 'what it removes from the passive side is put back' },
  'open uploads': async ({ uploads }) => openUploadsFinding(uploads),
  'presigned URLs': ({ migration }) => presignedFinding(migration),
  window: async ({ migration: { journal, runtime, spec } }) => {
    if (isReverse(journal)) return { holds: true, detail: 'open: the window is that of the cutover' };
    const { notBefore, notAfter } = spec.cutover;
    const now = runtime.now();
    if (notBefore && now < Date.parse(notBefore))
      return { holds: false, detail: `begins at ${notBefore} (cutover.notBefore)` };
    if (notAfter && now > Date.parse(notAfter))
      return {
        holds: false,
        detail: `ended at ${notAfter} (cutover.notAfter): start a migration under a new name with a later one`,
      };
    return { holds: true, detail: notAfter ? `open until ${notAfter}` : 'open' };
  },
  postponement: async ({ migration: { journal, runtime } }) => {
    const postponed = postponementText(await journal.controls.read(), {
      epoch: journal.epoch,
      now: runtime.now(),
    });
    return {
      holds: !postponed,
      detail: postponed ? `${postponed}; segue postpone --off ends it` : 'not postponed',
    };
  },
  pause: async ({ migration }) => {
    const controls = await new StandingOrders(migration).look();
    const paused = pauseText(controls);
    if (!paused) return { holds: true, detail: 'not paused' };
    return { holds: false, detail: controls.paused ? `${paused}; segue resume ends it` : paused };
  },
  approval: async ({ migration, askedOnce }) => {
    const { journal } = migration;
    if (isApprovedByItself(migration)) return { holds: true, detail: 'automatic' };
    const { approval, asked } = await askedOnce();
    if (approval)
      return {
        holds: true,
        detail: `${approval.rehearsal ? 'a rehearsal, ' : ''}approved by ${approval.by}`,
      };
    if (asked) return { holds: true, detail: 'a rehearsal comes first (cutover.rehearse)' };
    return {
      holds: false,
      detail: `waits for a person: segue ${isReverse(journal) ? 'rollback' : 'approve'}`,
    };
  },
  policy: async ({ migration, askedOnce }) =>
    migration.spec.cutover.fence
      ? policyFinding(migration, await askedOnce())
      : { holds: true, detail: 'not asked for (cutover.fence)' },
};

/** Whether nobody is asked: for the first cutover alone, never for the way back or after it. */
export function isApprovedByItself({ journal, spec }: Pick<Migration, 'journal' | 'spec'>): boolean {
  return spec.cutover.approval === 'automatic' && journal.epoch === FIRST_EPOCH;
}

function isReverse({ epoch }: Migration['journal']): boolean {
  return activeSide(epoch) === 'target';
}

/** A backup as the journal knows it. */
export interface BackupFact {
  /** Name of the resource's side. */
  readonly table: string;
  readonly arn: string;
  readonly status: string;
}

/** Looks at every gate. */
export async function checkGates(input: GateInput): Promise<GateState[]> {
  let asked: Promise<Asked> | undefined;
  const askedOnce = () => {
    asked ??= readAsked(input.migration);
    return asked;
  };
  const states: GateState[] = [];
  for (const [name, check] of Object.entries(GATES)) {
    const found = await check({ ...input, askedOnce });
    if (found) states.push({ name, ...found });
  }
  return states;
}

async function readAsked(migration: AuditedMigration): Promise<Asked> {
  const approval = await migration.journal.coordinator.approval();
  const asked = isApprovedByItself(migration) || approval !== undefined || (await isRehearsal(migration));
  return { asked, approval };
}
