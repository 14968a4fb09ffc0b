import type { GateState } from '../../../shared/engine/gates.ts';
import type { Plan } from '../../../shared/engine/migration.ts';
import type { LagSample } from '../../../shared/journal/activity.ts';
import type { PhaseTimes } from '../../../shared/journal/coordinator.ts';
import type { KeyEntry } from '../../../shared/journal/key-lists.ts';
import { type Phase, phaseOrder, phasesOf, phaseTitle } from '../../../shared/phases.ts';
import type { ReportInput } from '../../../shared/report/report.ts';
import type { Route } from '../../../shared/route.ts';
import { parseSpec, type Spec, specIdentity } from '../../../shared/spec.ts';
import type { FailureFact, History, Status } from '../../../shared/status.ts';
import { epochStart } from '../../../shared/version.ts';

export const START = Date.UTC(2026, 10, 21, 9, 0, 0);
export const ITEMS = 135_233;
const MINUTE = 60_000;

/** When each phase of the sample begins, in milliseconds from the start, and when the last one ends. */
const BEGINNINGS: Readonly<Record<Phase | 'end', number>> = {
  validate: 0,
  plan: 2_100,
  target: 4_300,
  backup: 9_000,
  capture: 21_000,
  copy: 1.5 * MINUTE,
  'catch-up': 14 * MINUTE,
  verify: 14.6 * MINUTE,
  'way-back': 20.8 * MINUTE,
  ready: 21 * MINUTE,
  announce: 34 * MINUTE,
  fence: 34 * MINUTE + 320,
  drain: 34 * MINUTE + 1_610,
  close: 34 * MINUTE + 2_900,
  recheck: 34 * MINUTE + 3_050,
  'smoke-test': 34 * MINUTE + 3_200,
  switch: 34 * MINUTE + 3_210,
  reverse: 34 * MINUTE + 3_390,
  sweep: 39 * MINUTE,
  complete: 43 * MINUTE,
  end: 43.5 * MINUTE,
};
export const ENDED_AT = START + BEGINNINGS.end;
const FENCED_AT = START + BEGINNINGS.fence + 1_100;
export const PAUSE_MILLISECONDS = 1_876;

export function spec(changes: object = {}): Spec {
  return parseSpec({
    name: 'cities-2026',
    resources: [{ source: { table: 'cities' }, target: { table: 'cities-v2', create: true } }],
    ...changes,
  });
}

export function plan(changes: Partial<Plan> = {}): Plan {
  return {
    resources: [
      {
        source: 'cities',
        target: 'cities-v2',
        keys: [{ name: 'cityId', type: 'N' }],
        items: 135_000,
        bytes: 28_400_000,
        segments: 8,
      },
    ],
    units: 8,
    workers: 20,
    estimate: {
      seconds: [124, 1_400],
      dollars: [0.0911, 0.294],
      readUnits: [20_802, 41_604],
      writeUnits: [135_000, 270_000],
    },
    notes: ['billing mode: PROVISIONED at cities, PAY_PER_REQUEST at cities-v2'],
    toDo: ['cities is protected from deletion, cities-v2 not yet; at any time: aws dynamodb update-table'],
    ...changes,
  };
}

export function lagSamples(count: number): LagSample[] {
  return Array.from({ length: count }, (_, index) => ({
    at: START + BEGINNINGS.copy + index * 10_000,
    batches: 20 + (index % 5),
    records: 180 + ((index * 37) % 90),
    lagSeconds: (20 + (index % 5)) * (0.6 + 0.35 * Math.sin(index / 4) ** 2 + (index % 41 === 13 ? 1.9 : 0)),
  }));
}

export function keyEntries(count: number, reason?: string): KeyEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    resource: 0,
    key: { cityId: { N: String(2_950_159 + index) } },
    version: epochStart(1),
    ...(reason === undefined ? {} : { reason }),
  }));
}

/** Times of the phases as far as a migration came; the last of them is open. */
function phaseTimes(until: Phase | 'end'): Partial<Record<Phase, PhaseTimes>> {
  const reached = phasesOf(spec()).filter(({ id }) => BEGINNINGS[id] <= BEGINNINGS[until]);
  return Object.fromEntries(
    reached.map(({ id }, index) => {
      const begin = START + BEGINNINGS[id];
      const next = phasesOf(spec())[index + 1]?.id ?? 'end';
      const open = id === until;
      // The registration enters the first phase without noting when.
      if (id === 'validate') return [id, { endedAt: START + BEGINNINGS.plan }];
      return [
        id,
        { startedAt: begin, enteredAt: begin, ...(open ? {} : { endedAt: START + BEGINNINGS[next] }) },
      ];
    }),
  );
}

const GATES: readonly GateState[] = [
  { name: 'full compare', holds: true, detail: '135401 items compared 0.2 h ago, 2 repaired' },
  { name: 'backup', holds: true, detail: '1 of 1 backups available' },
  { name: 'mapping', holds: true, detail: 'event source mappings: Enabled; each must be Enabled' },
  { name: 'lag', holds: true, detail: 'every record read has arrived' },
  { name: 'quarantine', holds: true, detail: 'empty' },
  { name: 'routers', holds: true, detail: '4 live, 4 ready' },
  { name: 'approval', holds: true, detail: 'approved by ada' },
];

export function status(phase: Phase, changes: Partial<Status> = {}): Status {
  const units = (counts: Record<string, number>) => ({
    units: 8,
    unitsDone: 8,
    counts,
    ofResources: [counts],
  });
  return {
    name: 'cities-2026',
    spec: spec(),
    createdAt: START,
    phase,
    title: phaseTitle(phase),
    term: 1,
    epoch: phaseOrder(phase) > phaseOrder('switch') ? 2 : 1,
    active: phaseOrder(phase) > phaseOrder('switch') ? 'target' : 'source',
    revision: 21,
    controls: {},
    actions: [],
    changed: [],
    execution: 'arn:aws:states:eu-central-1:111122223333:execution:Segue:cities-1',
    phases: phaseTimes(phase),
    plan: plan(),
    progress: {
      copy: units({
        items: ITEMS,
        bytes: 28_432_384,
        pages: 31,
        inserted: 134_901,
        existing: 332,
        rejected: 0,
      }),
      verify: units({ items: 135_401, targetItems: 135_399, readByKey: 214, repaired: 2, rejected: 0 }),
      sweep: units({ items: 135_410, swept: 4_480 }),
    },
    applied: {
      records: 9_120,
      written: 7_800,
      removed: 640,
      newer: 12,
      skipped: 668,
      quarantined: 0,
      rechecked: 3,
    },
    standBy: {
      at: START + BEGINNINGS.announce - 2_000,
      round: { complete: true, records: 41, keys: 37, repaired: 0, lagSeconds: 0, milliseconds: 212 },
      gates: GATES,
    },
    awaitsApproval: false,
    ...changes,
  };
}

function history(changes: Partial<History> = {}): History {
  return {
    switches: [],
    approval: { by: 'ada', at: START + BEGINNINGS.announce - 9_000 },
    backups: [
      {
        table: 'cities',
        arn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/cities/backup/01605544920000-a1b2c3d4',
        status: 'AVAILABLE',
      },
    ],
    policies: [],
    samples: lagSamples(195),
    givenUp: [],
    smokeTests: [],
    strays: [],
    quarantine: [],
    repaired: [],
    ...changes,
  };
}

function beforeApproval(changes: Partial<History>): History {
  const { approval: _, ...others } = history(changes);
  return others;
}

const SWITCH = {
  announcedAt: START + BEGINNINGS.announce + 120,
  fencedAt: FENCED_AT,
  switchedAt: FENCED_AT + PAUSE_MILLISECONDS,
  attempt: 2,
};

function route(state: Route['state']): Route {
  return {
    state,
    active: state === 'target' ? 'target' : 'source',
    revision: 14,
    protocol: 1,
    tables: [],
    reserved: '_segue:cities-2026',
    cacheMilliseconds: 1_000,
    attemptMilliseconds: 1_000,
    settledAt: 0,
  };
}

function input(changes: Partial<ReportInput>): ReportInput {
  return {
    name: 'cities-2026',
    spec: spec(),
    specSha256: specIdentity(spec()),
    now: ENDED_AT + 900,
    ...changes,
  };
}

/** A migration that was made, in the second attempt of its cutover. */
export function completed(
  changes: { readonly status?: Partial<Status>; readonly history?: Partial<History> } = {},
): ReportInput {
  return input({
    known: {
      status: status('complete', {
        phases: phaseTimes('end'),
        switched: SWITCH,
        pauseMilliseconds: PAUSE_MILLISECONDS,
        ...changes.status,
      }),
      history: history({
        switches: [{ ...SWITCH, epoch: 1, to: 'target' }],
        givenUp: [
          {
            at: START + 30 * MINUTE,
            attempt: 1,
            reason: 'drain: the source did not fall silent in time: somebody still writes it',
          },
        ],
        drain: {
          shards: 2,
          records: 23,
          keys: 19,
          silentMilliseconds: 651,
          silentReadings: 9,
          last: {
            'shardId-00000001605544920000-0a1b2c3d': '300000000029938485400000',
            'shardId-00000001605544921000-4e5f6a7b': '300000000029938485999999',
          },
          assumptions: ['every writer of the source goes through a router, or wrote before the fence'],
        },
        recheck: {
          readAt: SWITCH.switchedAt - 212,
          keys: 57,
          repaired: 0,
          floor: Math.floor(FENCED_AT / 1_000) + 1,
        },
        repaired: keyEntries(2),
        ...changes.history,
      }),
      route: route('target'),
    },
  });
}

export function dryRun(): ReportInput {
  return input({ spec: spec({ dryRun: true }), plan: plan(), without: 'dry-run' });
}

export function failureFact(changes: Partial<FailureFact> = {}): FailureFact {
  return {
    at: START + 9 * MINUTE,
    error: 'States.TaskFailed',
    cause: JSON.stringify({
      Error: 'PermanentError',
      Cause: JSON.stringify({ errorType: 'PermanentError', errorMessage: 'the source table cities is gone' }),
    }),
    ...changes,
  };
}

/** A migration that stopped in the middle of its copy. */
export function failed(changes: Partial<FailureFact> = {}): ReportInput {
  const failure = failureFact(changes);
  const none = { units: 8, unitsDone: 0, counts: {}, ofResources: [] };
  const { standBy: _, ...known } = status('copy', {
    failure,
    progress: {
      copy: {
        units: 8,
        unitsDone: 3,
        counts: { items: 61_204, bytes: 12_900_000, inserted: 61_100, existing: 104 },
        ofResources: [],
      },
      verify: none,
      sweep: none,
    },
  });
  return input({
    now: failure.at,
    failure,
    known: { status: known, history: beforeApproval({ samples: lagSamples(45) }), route: route('source') },
  });
}

/** A migration whose first cutover was given up, and that stands ready again. */
export function givenUp(): ReportInput {
  const times = phaseTimes('drain');
  const at = START + BEGINNINGS.close;
  const ready = { ...(times.ready as PhaseTimes), enteredAt: at };
  return input({
    now: at + MINUTE,
    known: {
      status: status('ready', { phases: { ...times, ready } }),
      history: history({ givenUp: [{ at, attempt: 1, reason: 'drain: not silent in time' }] }),
      route: route('source'),
    },
  });
}
