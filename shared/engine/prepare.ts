import { FIRST_EPOCH, type Side } from '../direction.ts';
import { PermanentError } from '../errors.ts';
import type { StreamBinding } from '../journal/journal.ts';
import {
  BACKED_UP,
  type ByKind,
  NO_BACKUP,
  type ResourceBackups,
  type ResourceCaptures,
  type ResourceTargets,
} from '../resources/resource-kind.ts';
import { resourceKind, resourceName } from '../spec.ts';
import { endingTurn } from './ending.ts';
import type { BackupFact } from './gates.ts';
import type { Migration } from './migration.ts';
import { advanceTo } from './progress.ts';
import type { EndingTurn, Turn } from './turn.ts';

export type Preparing = Pick<Migration, 'name' | 'spec' | 'plan' | 'term' | 'journal' | 'runtime'>;

const POLL_SECONDS = 3;
const DONE: Turn = { done: true, waitSeconds: 0 };
const AGAIN: Turn = { done: false, waitSeconds: POLL_SECONDS };
const SOON: Turn = { done: false, waitSeconds: 1 };

/** Remembers whose the changes of a stream are, for the function that they come to. */
export interface Bindings {
  bind(stream: string, binding: StreamBinding): Promise<void>;
  /** For streams whose changes come to the function as long as anybody is bound to them. */
  unbind?(stream: string, binding: StreamBinding): Promise<void>;
}

export interface CaptureProps {
  readonly bindings: ByKind<Bindings>;
  readonly captures: ByKind<ResourceCaptures>;
}

/** The stream that is to be captured, before it is. */
interface StreamFact {
  readonly stream: string;
}

/** That a stream was off before. */
interface EnabledFact {
  /** What was set beside it then, where it is switched on together with something else. */
  readonly revision?: string;
}

/** How the changes of one side of a resource are captured. */
export interface CaptureFact extends EnabledFact {
  readonly stream: string;
  readonly mapping: string;
  /** The stream was off before: it is disabled again at the end. */
  readonly enabledByUs: boolean;
}

/** The same where it may have been left by halves: by an end that came in between. */
export type BegunCapture = Pick<CaptureFact, 'enabledByUs' | 'revision'> & Partial<CaptureFact>;

/** @returns undefined where nothing was begun. */
export async function begunCapture(
  journal: Migration['journal'],
  resource: number,
  side: Side,
): Promise<BegunCapture | undefined> {
  const id = captureId(resource, side);
  const capture = await journal.fact<CaptureFact>(id);
  if (capture) return capture;
  const enabled = await journal.fact<EnabledFact>(enabledId(id));
  const known = await journal.fact<StreamFact>(streamId(id));
  const enabledByUs = enabled !== undefined;
  return enabledByUs || known ? { ...known, ...enabled, enabledByUs } : undefined;
}

/** One turn of *prepare the target*: creates each target that is to be created, and waits until all are ready. */
export async function prepareTargets(migration: Preparing, targets: ByKind<ResourceTargets>): Promise<Turn> {
  await advanceTo(migration, 'target');
  let waiting = false;
  for (const resource of migration.spec.resources) {
    const ready = await targets[resourceKind(resource)].prepare(resource);
    waiting ||= !ready;
  }
  return waiting ? AGAIN : DONE;
}

/** One turn of *back up*: a backup of each source, and of each target that holds items, until all are available. */
export async function backUp(
  migration: Preparing,
  backups: ByKind<ResourceBackups>,
): Promise<Turn | EndingTurn> {
  const ending = await endingTurn(migration);
  if (ending) return ending;
  await advanceTo(migration, 'backup');
  const { spec, journal } = migration;
  if (!spec.backup) return DONE;
  let waiting = false;
  for (const resource of spec.resources) {
    const { source, target, existingItems } = resource;
    const backup = backups[resourceKind(resource)];
    for (const side of [source, ...(existingItems === 'replace' ? [target] : [])]) {
      const name = resourceName(side);
      const id = `backup#${name}`;
      const known = await journal.fact<BackupFact>(id);
      if (known?.status === BACKED_UP || known?.status === NO_BACKUP) continue;
      const arn = known?.arn ?? (await backup.begin(name, `segue-${migration.name}`));
      const status = arn === undefined ? NO_BACKUP : await backup.status(arn);
      await journal.noteFact(id, { table: name, arn: arn ?? '', status } satisfies BackupFact);
      waiting ||= status !== BACKED_UP && status !== NO_BACKUP;
    }
  }
  return waiting ? AGAIN : DONE;
}

/**
 * One turn of *capture on*: the stream is enabled before the first page is read, the direction is opened, and the
 * stream is mapped to the applier. That the mapping reads is a gate of the cutover, for it takes minutes to begin.
 */
export async function captureOn(migration: Preparing, props: CaptureProps): Promise<Turn | EndingTurn> {
  await advanceTo(migration, 'capture');
  // Resumed after the switch: what was captured then is watched by the auditor.
  if (!(await hasSwitched(migration))) {
    const turn = await captureSide(migration, { ...props, side: 'source' });
    if (!turn.done) return turn;
    await advanceTo(migration, 'copy');
  }
  return (await endingTurn(migration)) ?? DONE;
}

/**
 * One turn of *prepare the way back*: the target's stream is enabled and mapped to the applier before anybody but the
 * migrator writes it. Only now, so that the copy's own writes are not in it.
 */
export async function prepareWayBack(migration: Preparing, props: CaptureProps): Promise<Turn | EndingTurn> {
  await advanceTo(migration, 'way-back');
  if (migration.spec.cutover.wayBack && !(await hasSwitched(migration))) {
    const turn = await captureSide(migration, { ...props, side: 'target' });
    if (!turn.done) return turn;
  }
  return (await endingTurn(migration)) ?? DONE;
}

async function hasSwitched({ journal }: Preparing): Promise<boolean> {
  const { epoch, sealed } = await journal.gate.read();
  return sealed || epoch !== FIRST_EPOCH;
}

/** Captures the changes of one side of each resource, one after the other. */
async function captureSide(
  migration: Preparing,
  { bindings, captures, side }: CaptureProps & { readonly side: Side },
): Promise<Turn> {
  for (const [index, resource] of migration.spec.resources.entries()) {
    const kind = resourceKind(resource);
    const turn = await captureResource(migration, {
      bindings: bindings[kind],
      captures: captures[kind],
      resource: index,
      side,
      name: resourceName(resource[side]),
    });
    if (!turn.done) return turn;
  }
  return DONE;
}

interface CaptureResourceProps {
  readonly bindings: Bindings;
  readonly captures: ResourceCaptures;
  readonly resource: number;
  readonly side: Side;
  readonly name: string;
}

async function captureResource(
  { journal, name: migration }: Preparing,
  { bindings, captures, resource, side, name }: CaptureResourceProps,
): Promise<Turn> {
  const id = captureId(resource, side);
  const known = await journal.fact<CaptureFact>(id);
  const expected = known?.stream ?? (await journal.fact<StreamFact>(streamId(id)))?.stream;
  const { on, stream = '', problem, settled, revision } = await captures.stream(name);
  if (expected && !captures.hintsOnly && (!on || stream !== expected))
    throw new PermanentError(
      `the stream of ${name} was disabled or replaced by somebody: changes may be lost. Start the migration under a new name, so that both sides are compared in full`,
    );
  if (!on) {
    // Noted before the stream is on: that it was off is not to be seen any more afterwards.
    await journal.noteFact(enabledId(id), {
      ...(revision === undefined ? {} : { revision }),
    } satisfies EnabledFact);
    await captures.enable(name);
    return SOON;
  }
  if (problem !== undefined)
    throw new PermanentError(
      `the stream of ${name} ${problem}: somebody has enabled it since the validation. Disable it and start the migration again`,
    );
  if (!settled) return SOON;
  // Looked up after the stream was seen to be on, for it was noted before it was.
  const enabled = await journal.fact<EnabledFact>(enabledId(id));
  // Noted before anything is made for it: should somebody replace it now, nothing would be left behind unnoticed.
  if (!expected) await journal.noteFact(streamId(id), { stream } satisfies StreamFact);
  await bindings.bind(stream, { migration, resource, side });
  if (side === 'source') await journal.gate.create();
  const mapping = await captures.map(stream);
  await journal.noteFact(id, {
    stream,
    mapping,
    enabledByUs: enabled !== undefined,
    ...enabled,
  } satisfies CaptureFact);
  return DONE;
}

export function captureId(resource: number, side: Side): string {
  return `capture#${side}#${String(resource).padStart(2, '0')}`;
}

/** Where it is noted that a stream was off before. */
function enabledId(capture: string): string {
  return `${capture}-enabled-by-us`;
}

/** Where the stream is noted before anything is made for it. */
function streamId(capture: string): string {
  return `${capture}-stream`;
}

/** The states of the mappings of the sides that are captured, in words of Lambda. */
export async function mappingStates(
  { journal, spec }: Pick<Migration, 'journal' | 'spec'>,
  captures: ByKind<ResourceCaptures>,
): Promise<string[]> {
  const sides: readonly Side[] = spec.cutover.wayBack ? ['source', 'target'] : ['source'];
  return Promise.all(
    spec.resources.flatMap((resource, index) =>
      sides.map(async (side) => {
        const capture = await journal.fact<CaptureFact>(captureId(index, side));
        return (
          (capture && (await captures[resourceKind(resource)].mappingState(capture.mapping))) ?? 'missing'
        );
      }),
    ),
  );
}
