import { type FaultName, type Faults, USUAL_FAULTS, USUAL_S3_FAULTS } from './world/faults.ts';
import { Random } from './world/random.ts';

/**
 * `copy`: copy and changes alone, which converge without a comparison.
 * `data path`: copy, changes, compare and repair against writers of the source, without a cutover.
 * `migration`: all of it, behind routers, through the cutover to the end.
 * `bucket`, `bucket migration`: the same with objects instead of items. No seed chooses them by itself.
 */
export const SCENARIOS = ['copy', 'data path', 'migration', 'bucket', 'bucket migration'] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** Invocations that a schedule can disturb, in the order of the workflow. */
export const DISTURBED = [
  'validate',
  'capture',
  'units left',
  'copy',
  'apply',
  'catch up',
  'verify',
  'way back',
  'ready',
  'announce',
  'fence',
  'drain',
  'close',
  'recheck',
  'smoke-test',
  'switch',
  'lift',
  'reverse',
  'sweep',
  'complete',
] as const;
/** Where the spec asks for a second fence there is one kind more. */
export type DisturbedInvocation = (typeof DISTURBED)[number] | 'policy';
/** Those of every scenario. */
export const DATA_PATH: readonly DisturbedInvocation[] = ['capture', 'copy', 'apply', 'verify'];
/** A schedule disturbs mostly one part of the workflow: two accidents close to each other show more than two far apart. */
const PARTS: readonly (readonly DisturbedInvocation[])[] = [
  DISTURBED.filter((invocation) => invocation !== 'smoke-test'),
  ['copy', 'apply', 'catch up', 'verify', 'ready'],
  ['announce', 'fence', 'drain', 'close', 'recheck', 'switch', 'lift', 'apply'],
  ['close', 'recheck', 'switch', 'lift'],
  ['switch', 'reverse', 'sweep', 'complete', 'validate'],
  ['reverse', 'apply', 'announce', 'drain', 'close', 'recheck', 'switch', 'lift'],
];

/** The same of those schedules alone that have a smoke test. */
const AROUND_SMOKE_TEST: readonly DisturbedInvocation[] = ['smoke-test', 'smoke-test', 'switch', 'lift'];

/** One invocation that does not go as it should. */
export interface Disturbance {
  readonly invocation: DisturbedInvocation;
  /**
   * It dies; it stands still, with a successor at work, and goes on later; it was started twice at the same time; the
   * execution of the workflow dies beside it; or both at once: it stands still and goes on under another execution.
   */
  readonly kind: 'dies' | 'stands still' | 'comes twice' | 'execution dies' | 'outlives its execution';
  /** How often its own code goes on before that. */
  readonly after: number;
  /** How long it stands still. */
  readonly milliseconds: number;
}

/** What a seed chooses before its schedule begins: how large its world is, who takes part, and what goes wrong. */
export interface Setting {
  readonly scenario: Scenario;
  /** Keys that are written. Fewer of them are written more often. */
  readonly keys: number;
  /** Keys that have an item on the source at the start. */
  readonly initialItems: number;
  /** Keys that have an item on the target at the start, which are replaced. */
  readonly targetItems: number;
  /** Segments of the scans, one worker each. */
  readonly segments: number;
  /** Open shards of the source's stream at the start, at most. */
  readonly shards: number;
  readonly writers: number;
  /** Writes of each writer, apart from those at each change of the route. */
  readonly writes: number;
  /** A writer rests up to this long between two writes. */
  readonly restMilliseconds: number;
  /** Share of writes whose item the target refuses until somebody mends it. */
  readonly poison: number;
  /** Share of writes whose item is too large to carry a version. */
  readonly oversize: number;
  /** Items that time to live removes from the source, at most. */
  readonly expiries: number;
  /** Time to live removes items, that nobody else touches, all the time while the source is fenced. */
  readonly expiresSteadily: boolean;
  /** Writes of somebody who has no router, after the switch. */
  readonly strays: number;
  /** Whether a person has to approve the cutover. */
  readonly approval: boolean;
  /**
   * `restarts`: starts a dead migration again; `starts twice`: while it runs, too; `comes back late`: after more than
   * the stream keeps; `leaves`: never again.
   */
  readonly operator: 'restarts' | 'starts twice' | 'comes back late' | 'leaves';
  /** How often the operator wants the route switched: not at all, there, there and back, and there again. */
  readonly switches: 0 | 1 | 2 | 3;
  /** Changes are carried back after the switch. */
  readonly wayBack: boolean;
  /** After the switch the migration completes by itself. */
  readonly endsByItself: boolean;
  /** The spec asks for a rehearsal of the cutover first. */
  readonly rehearse: boolean;
  /** The spec asks for a smoke test, which does not always pass. */
  readonly smokeTest: boolean;
  /** The operator postpones the cutover, at some moment, for a while. */
  readonly postpones: boolean;
  /** Somebody sets a pace, pauses the migration and resumes it, at some moments. */
  readonly steers: boolean;
  /**
   * The second fence, in the resource policies: `named`: the spec names the routers' role, and everybody else is denied
   * early; `late`: everybody is denied after the switch, nobody before.
   */
  readonly fence: 'none' | 'named' | 'late';
  /** The source has a policy of somebody else's from the start. */
  readonly othersPolicy: boolean;
  /** Changes that somebody else makes to the policies of both tables, at any time. */
  readonly policyChanges: number;
  /** Both buckets keep versions, and all of them are moved. */
  readonly versions: boolean;
  /** The stream of the source is on from the start. */
  readonly streamOn: boolean;
  /** Somebody replaces the stream of the source in the course of the migration. */
  readonly streamReplaced: boolean;
  /** Of buckets: access control lists are carried, and written. */
  readonly acls: boolean;
  /** Of buckets: locks are carried, and written. */
  readonly objectLock: boolean;
  /** How long an invocation may last before it hands over; milliseconds. */
  readonly invocationMilliseconds: number;
  /** Some requests of the application and of the coordinator take up to this long to arrive. */
  readonly slowMilliseconds: number;
  /** Clocks of invocations differ from the world's by at most this. */
  readonly skewMilliseconds: number;
  /** Clocks of the application are behind by at most this: nobody keeps them right. */
  readonly routerSkewMilliseconds: number;
  readonly disturbances: readonly Disturbance[];
  readonly faults: Faults;
}

/** How much more or less often than usual one kind of fault comes in one schedule: some never, so that others show. */
const FACTORS = [0, 0, 0.5, 1, 1, 2] as const;
/** A cutover that meets slowness or an error at each step would always be given up: in a migration both are rarer. */
const SLOW: readonly FaultName[] = ['slowRequest', 'slowAnswer'];
/** Effects that come after their caller gave up: in some schedules often. */
const LATE: readonly FaultName[] = ['lateEffect', 'lostAnswer'];
const LATE_FACTORS = [0, 0, 0.5, 1, 1, 3] as const;

/** Where one looks for something rare: invocations to disturb, and fields that every setting then has. */
export type Focus = Partial<Omit<Setting, 'scenario' | 'disturbances'>> & {
  readonly part?: readonly DisturbedInvocation[];
};

/**
 * The setting of a seed; of the same seed always the same.
 * @param scenario the same for all. @default what the seed chooses
 * @param focus where one looks for something rare. @default what the seed chooses
 */
export function settingOf(
  seed: number,
  scenario?: Scenario,
  { part, faults, ...fixed }: Focus = {},
): Setting {
  const drawn = withObjects(seed, withSmokeTest(seed, drawnSetting(seed, scenario, part)));
  const setting = withVersions(seed, { ...withFence(seed, drawn), ...fixed }, fixed.versions);
  return withFenceDisturbed(seed, { ...setting, faults: { ...setting.faults, ...faults } });
}

/** A seed without a second fence has the schedule that it would have if there were none. */
const FENCE_CHANCE = 0.2;

function withFence(seed: number, drawn: Setting): Setting {
  const random = new Random(seed).fork('fence');
  if (drawn.scenario !== 'migration' || !random.chance(FENCE_CHANCE)) return drawn;
  return {
    ...drawn,
    fence: random.pick(['named', 'late'] as const),
    othersPolicy: random.chance(0.5),
    policyChanges: random.pick([0, 0, 1, 2]),
  };
}

function withFenceDisturbed(seed: number, setting: Setting): Setting {
  const random = new Random(seed).fork('fence disturbed');
  if (setting.fence === 'none' || !random.chance(0.7)) return setting;
  const disturbances = Array.from({ length: random.int(1, 2) }, () => disturbance(random, ['policy'], true));
  return { ...setting, disturbances: [...setting.disturbances, ...disturbances] };
}

const VERSIONS_CHANCE = 0.3;
/** A step that looks at every version sends many times the requests: each of them fails as much more seldom. */
const VERSIONED_SHARE = 0.25;
const OF_REQUESTS = [
  'busy',
  'lateEffect',
  'lostAnswer',
  'lostRequest',
  'serverError',
  'slowAnswer',
  'slowRequest',
  'throttled',
] as const satisfies FaultName[];

/** What goes wrong with objects and their events besides. In half of the schedules every event comes. */
function withObjects(seed: number, setting: Setting): Setting {
  if (!ofObjects(setting.scenario)) return setting;
  const random = new Random(seed).fork('objects');
  const faults = Object.fromEntries(
    (Object.entries(USUAL_S3_FAULTS) as [FaultName, number][]).map(([name, chance]) => [
      name,
      chance * random.pick(name === 'eventLost' ? [0, 0, 1, 4] : LATE_FACTORS),
    ]),
  );
  // One execution carries them through: that others take over is shown with tables.
  const disturbances = setting.disturbances.map((one) =>
    one.kind === 'execution dies' || one.kind === 'outlives its execution'
      ? { ...one, kind: 'dies' as const }
      : one,
  );
  const travels = new Random(seed).fork('what travels');
  return {
    ...setting,
    disturbances,
    faults: { ...setting.faults, ...faults },
    acls: travels.chance(0.25),
    objectLock: travels.chance(0.25),
  };
}

/** A seed without versions has the schedule that it would have if there were none. */
function withVersions(
  seed: number,
  setting: Setting,
  versions = new Random(seed).fork('versions').chance(VERSIONS_CHANCE),
): Setting {
  // No spec may ask for all versions together with lists or locks.
  if (!ofObjects(setting.scenario) || setting.acls || setting.objectLock || !versions) return setting;
  const ofRequests = OF_REQUESTS.map((name) => [name, VERSIONED_SHARE * (setting.faults[name] ?? 0)]);
  return { ...setting, versions, faults: { ...setting.faults, ...Object.fromEntries(ofRequests) } };
}

function ofObjects(scenario: Scenario): boolean {
  return scenario === 'bucket' || scenario === 'bucket migration';
}

/** Drawn from a source of its own, so that what else a seed chooses stays as it is. */
function withSmokeTest(seed: number, setting: Omit<Setting, 'smokeTest'>): Setting {
  const random = new Random(seed).fork('its smoke test');
  if (setting.scenario !== 'migration' || !random.chance(0.08)) return { ...setting, smokeTest: false };
  const accidents = Array.from({ length: random.int(0, 2) }, () =>
    disturbance(random, AROUND_SMOKE_TEST, true),
  );
  return { ...setting, smokeTest: true, disturbances: [...setting.disturbances, ...accidents] };
}

function drawnSetting(
  seed: number,
  scenario?: Scenario,
  part?: readonly DisturbedInvocation[],
): Omit<Setting, 'smokeTest'> {
  const random = new Random(seed).fork('setting');
  const drawn = random.pick(['copy', 'copy', 'data path', 'data path', 'data path', 'migration'] as const);
  const chosen = scenario ?? drawn;
  const whole = chosen === 'migration' || chosen === 'bucket migration';
  const keys = random.int(1, random.pick([2, 4, 9]));
  return {
    scenario: chosen,
    keys,
    initialItems: random.int(0, keys),
    targetItems: chosen !== 'copy' && random.chance(0.4) ? random.int(1, keys) : 0,
    segments: random.pick([1, 1, 2, 3]),
    shards: random.pick([1, 1, 2, 4]),
    writers: random.int(1, Math.min(3, keys)),
    writes: whole ? random.int(1, 6) : random.int(1, 10),
    restMilliseconds: random.pick([50, 500, 2_000]),
    poison: random.chance(whole ? 0.15 : 0.4) ? 0.15 : 0,
    oversize: random.chance(0.2) ? 0.2 : 0,
    expiries: random.pick([0, 0, 1, 3]),
    expiresSteadily: whole && random.chance(0.1),
    strays: random.pick([0, 0, 1]),
    approval: random.chance(0.3),
    operator: random.pick([
      'restarts',
      'restarts',
      'restarts',
      'starts twice',
      'comes back late',
      'leaves',
    ] as const),
    ...turns(random, whole),
    rehearse: whole && random.chance(0.08),
    postpones: whole && random.chance(0.1),
    steers: random.chance(0.15),
    fence: 'none',
    othersPolicy: false,
    policyChanges: 0,
    versions: false,
    streamOn: random.chance(0.2),
    streamReplaced: random.chance(0.1),
    acls: false,
    objectLock: false,
    invocationMilliseconds: random.pick([30_000, 30_000, 2_000]),
    slowMilliseconds: random.pick([0, 0, 1_000]),
    skewMilliseconds: random.pick([0, 0, 200]),
    routerSkewMilliseconds: random.pick([0, 0, 60_000]),
    disturbances: disturbances(random, whole, part),
    faults: Object.fromEntries(
      (Object.entries(USUAL_FAULTS) as [FaultName, number][]).map(([name, chance]) => [
        name,
        chance *
          random.pick(LATE.includes(name) ? LATE_FACTORS : FACTORS) *
          (whole ? (SLOW.includes(name) ? 0.1 : 0.5) : 1),
      ]),
    ),
  };
}

/** Most migrations go one way; there and back takes three times as long. */
function turns(random: Random, whole: boolean): Pick<Setting, 'switches' | 'wayBack' | 'endsByItself'> {
  const switches = whole ? random.pick([0, 1, 1, 1, 1, 1, 2, 2, 3] as const) : 1;
  return { switches, wayBack: switches > 1 || random.chance(0.7), endsByItself: random.chance(0.6) };
}

function disturbances(random: Random, whole: boolean, part?: readonly DisturbedInvocation[]): Disturbance[] {
  const chosen = part ?? (whole ? random.pick(PARTS) : DATA_PATH);
  const count = random.int(part ? 2 : 0, 4);
  return Array.from({ length: count }, () => disturbance(random, chosen, whole));
}

function disturbance(random: Random, part: readonly DisturbedInvocation[], whole: boolean): Disturbance {
  return {
    invocation: random.pick(part),
    kind: random.pick([
      'dies',
      'stands still',
      'stands still',
      'comes twice',
      ...(whole ? (['execution dies', 'outlives its execution'] as const) : []),
    ] as const),
    after: random.int(1, random.pick([3, 10, 40])),
    milliseconds: random.int(100, random.pick([1_000, 5_000, 25_000])),
  };
}

/** Settings that are one step simpler: what fails in one of them is easier to understand. */
export function simplerSettings(setting: Setting): Setting[] {
  const { disturbances, faults } = setting;
  const lower = (
    name: 'keys' | 'initialItems' | 'targetItems' | 'segments' | 'shards' | 'writers',
    least: number,
  ) => (setting[name] > least ? [{ ...setting, [name]: setting[name] - 1 }] : []);
  const cleared = (
    [
      'poison',
      'oversize',
      'expiries',
      'policyChanges',
      'strays',
      'slowMilliseconds',
      'skewMilliseconds',
      'routerSkewMilliseconds',
    ] as const
  ).flatMap((name) => (setting[name] > 0 ? [{ ...setting, [name]: 0 }] : []));
  return [
    ...Object.entries(faults).flatMap(([name, chance]) =>
      chance > 0 ? [{ ...setting, faults: { ...faults, [name]: 0 } }] : [],
    ),
    ...disturbances.map((_, index) => ({ ...setting, disturbances: disturbances.toSpliced(index, 1) })),
    ...cleared,
    ...(
      [
        'approval',
        'othersPolicy',
        'expiresSteadily',
        'rehearse',
        'smokeTest',
        'postpones',
        'steers',
        'streamOn',
        'streamReplaced',
        'wayBack',
        'acls',
        'objectLock',
        'versions',
      ] as const
    ).flatMap((name) => (setting[name] ? [{ ...setting, [name]: false }] : [])),
    ...(setting.switches > 1 ? [{ ...setting, switches: (setting.switches - 1) as 1 | 2 }] : []),
    ...(setting.fence === 'none' ? [] : [{ ...setting, fence: 'none' as const }]),
    ...(setting.operator === 'restarts' ? [] : [{ ...setting, operator: 'restarts' as const }]),
    ...lower('keys', 1).map((one) => ({
      ...one,
      initialItems: Math.min(one.initialItems, one.keys),
      targetItems: Math.min(one.targetItems, one.keys),
      writers: Math.min(one.writers, one.keys),
    })),
    ...lower('writers', 1),
    ...lower('initialItems', 0),
    ...lower('targetItems', 0),
    ...lower('segments', 1),
    ...lower('shards', 1),
    ...(setting.writes > 1 ? [{ ...setting, writes: Math.floor(setting.writes / 2) }] : []),
  ];
}
