import type { Account } from '../account.ts';
import { FIRST_EPOCH, type Side } from '../direction.ts';
import { PermanentError } from '../errors.ts';
import type { StreamBindings } from '../journal/journal.ts';
import { endingTurn } from './ending.ts';
import type { BackupFact } from './gates.ts';
import type { Migration } from './migration.ts';
import { advanceTo } from './progress.ts';
import { likeTable } from './tables.ts';
import type { EndingTurn, Turn } from './turn.ts';

export type Preparing = Pick<Migration, 'name' | 'spec' | 'plan' | 'term' | 'journal' | 'runtime'>;

const POLL_SECONDS = 3;
const DONE: Turn = { done: true, waitSeconds: 0 };
const AGAIN: Turn = { done: false, waitSeconds: POLL_SECONDS };
const SOON: Turn = { done: false, waitSeconds: 1 };

interface CaptureProps {
  readonly bindings: StreamBindings;
  /** ARN of the function that changes are given to. */
  readonly applier: string;
}

/** The stream that is to be captured, before it is. */
interface StreamFact {
  readonly stream: string;
}

/** How the changes of one side of a resource are captured. */
export interface CaptureFact {
  readonly stream: string;
  readonly mapping: string;
  /** The stream was off before: it is disabled again at the end. */
  readonly enabledByUs: boolean;
}

/** The same where it may have been left by halves: by an end that came in between. */
export type BegunCapture = Pick<CaptureFact, 'enabledByUs'> & Partial<CaptureFact>;

/** @returns undefined where nothing was begun. */
export async function begunCapture(
  journal: Migration['journal'],
  resource: number,
  side: Side,
): Promise<BegunCapture | undefined> {
  const id = captureId(resource, side);
  const capture = await journal.fact<CaptureFact>(id);
  if (capture) return capture;
  const enabledByUs = (await journal.fact(enabledId(id))) !== undefined;
  const known = await journal.fact<StreamFact>(streamId(id));
  return enabledByUs || known ? { ...known, enabledByUs } : undefined;
}

/** One turn of *prepare the target*: creates each table that is to be created, and waits until it is active. */
export async function prepareTargets(migration: Preparing, account: Account): Promise<Turn> {
  await advanceTo(migration, 'target');
  let waiting = false;
  for (const { source, target } of migration.spec.resources) {
    if (!target.create) continue;
    const table = await account.table(target.table);
    if (table?.TableStatus === 'ACTIVE') continue;
    waiting = true;
    if (table) continue;
    const model = await account.table(source.table);
    if (!model) throw new PermanentError(`the source table ${source.table} is gone`);
    await account.createTable(likeTable(model, target.table, await account.tags(model.TableArn ?? '')));
  }
  return waiting ? AGAIN : DONE;
}

/** One turn of *back up*: a backup of each source, and of each target that holds items, until all are available. */
export async function backUp(migration: Preparing, account: Account): Promise<Turn | EndingTurn> {
  const ending = await endingTurn(migration);
  if (ending) return ending;
  await advanceTo(migration, 'backup');
  const { spec, journal } = migration;
  if (!spec.backup) return DONE;
  let waiting = false;
  for (const { source, target, existingItems } of spec.resources) {
    for (const table of [source.table, ...(existingItems === 'replace' ? [target.table] : [])]) {
      const id = `backup#${table}`;
      const known = await journal.fact<BackupFact>(id);
      if (known?.status === 'AVAILABLE') continue;
      const arn = known?.arn ?? (await account.createBackup(table, `segue-${migration.name}`));
      const status = await account.backupStatus(arn);
      await journal.noteFact(id, { table, arn, status } satisfies BackupFact);
      waiting ||= status !== 'AVAILABLE';
    }
  }
  return waiting ? AGAIN : DONE;
}

/**
 * One turn of *capture on*: the stream is enabled before the first page is read, the direction is opened, and the
 * stream is mapped to the applier. That the mapping reads is a gate of the cutover, for it takes minutes to begin.
 */
export async function captureOn(
  migration: Preparing,
  account: Account,
  props: CaptureProps,
): Promise<Turn | EndingTurn> {
  await advanceTo(migration, 'capture');
  // Resumed after the switch: what was captured then is watched by the auditor.
  if (!(await hasSwitched(migration))) {
    const turn = await captureSide(migration, account, { ...props, side: 'source' });
    if (!turn.done) return turn;
    await advanceTo(migration, 'copy');
  }
  return (await endingTurn(migration)) ?? DONE;
}

/**
 * One turn of *prepare the way back*: the target's stream is enabled and mapped to the applier before anybody but the
 * migrator writes it. Only now, so that the copy's own writes are not in it.
 */
export async function prepareWayBack(
  migration: Preparing,
  account: Account,
  props: CaptureProps,
): Promise<Turn | EndingTurn> {
  await advanceTo(migration, 'way-back');
  if (migration.spec.cutover.wayBack && !(await hasSwitched(migration))) {
    const turn = await captureSide(migration, account, { ...props, side: 'target' });
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
  account: Account,
  props: CaptureProps & { readonly side: Side },
): Promise<Turn> {
  for (const [resource, tables] of migration.spec.resources.entries()) {
    const { table } = tables[props.side];
    const turn = await captureTable(migration, account, { ...props, resource, table });
    if (!turn.done) return turn;
  }
  return DONE;
}

async function captureTable(
  { journal, name }: Preparing,
  account: Account,
  {
    bindings,
    applier,
    resource,
    side,
    table: tableName,
  }: CaptureProps & { readonly side: Side; readonly resource: number; readonly table: string },
): Promise<Turn> {
  const id = captureId(resource, side);
  const known = await journal.fact<CaptureFact>(id);
  const expected = known?.stream ?? (await journal.fact<StreamFact>(streamId(id)))?.stream;
  const table = await account.table(tableName);
  const enabled = table?.StreamSpecification?.StreamEnabled === true;
  if (expected && (!enabled || table.LatestStreamArn !== expected))
    throw new PermanentError(
      `the stream of ${tableName} was disabled or replaced by somebody: changes may be lost. Start the migration under a new name, so that both sides are compared in full`,
    );
  if (!enabled) {
    // Noted before the stream is on: that it was off is not to be seen any more afterwards.
    await journal.noteFact(enabledId(id), {});
    await account.enableStream(tableName);
    return SOON;
  }
  const viewType = table.StreamSpecification?.StreamViewType;
  if (viewType !== 'NEW_AND_OLD_IMAGES')
    throw new PermanentError(
      `the stream of ${tableName} has the view type ${viewType}: somebody has enabled it since the validation. Disable it and start the migration again`,
    );
  const stream = table.LatestStreamArn ?? '';
  if (table.TableStatus !== 'ACTIVE') return SOON;
  // Looked up after the stream was seen to be on, for it was noted before it was.
  const enabledByUs = (await journal.fact(enabledId(id))) !== undefined;
  // Noted before anything is made for it: should somebody replace it now, nothing would be left behind unnoticed.
  if (!expected) await journal.noteFact(streamId(id), { stream } satisfies StreamFact);
  await bindings.bind(stream, { migration: name, resource, side });
  if (side === 'source') await journal.gate.create();
  const mapped = (await account.mappings(stream)).find(({ functionArn }) => functionArn === applier);
  const mapping = mapped ?? (await account.createMapping(stream, applier));
  await journal.noteFact(id, { stream, mapping: mapping.id, enabledByUs } satisfies CaptureFact);
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

/** The states of the event source mappings of the sides that are captured, in words of Lambda. */
export async function mappingStates(
  { journal, resources, spec }: Pick<Migration, 'journal' | 'resources' | 'spec'>,
  account: Account,
): Promise<string[]> {
  const sides: readonly Side[] = spec.cutover.wayBack ? ['source', 'target'] : ['source'];
  return Promise.all(
    resources.flatMap(({ index }) =>
      sides.map(async (side) => {
        const capture = await journal.fact<CaptureFact>(captureId(index, side));
        return (capture && (await account.mappingState(capture.mapping))) ?? 'missing';
      }),
    ),
  );
}
