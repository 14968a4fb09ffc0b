import { activeSide } from '../direction.ts';
import type { Finding } from '../finding.ts';
import { standByPhase } from '../phases.ts';
import { plannedKind } from '../resources/planned-resource.ts';
import type { ByKind, OpenUpload, ResourceUploads } from '../resources/resource-kind.ts';
import { presignedSeconds } from '../spec.ts';
import type { Migration } from './migration.ts';

// What writes the active side and is seen by no router, so that a fence does not hold it: uploads that were begun
// before, and presigned URLs.

/** The uploads that others have open on the active side of one resource. */
export interface SideUploads {
  readonly name: string;
  readonly open: readonly OpenUpload[];
  /** The command that lists them. */
  readonly list: string;
}

/** Looks for open uploads on the active sides of those resources that know any. */
export async function uploadsOfOthers(
  { journal, plan }: Pick<Migration, 'journal' | 'plan'>,
  uploads: Partial<ByKind<ResourceUploads>>,
): Promise<SideUploads[]> {
  const active = activeSide(journal.epoch);
  const seen: SideUploads[] = [];
  for (const [index, resource] of plan.resources.entries()) {
    const kind = uploads[plannedKind(resource)];
    if (!kind) continue;
    const name = resource[active];
    const open = await kind.open(name);
    // The migrator's own, of when this side was the passive one, stay noted until the end.
    const own = new Set<string | undefined>();
    if (open.length > 0)
      for await (const { uploadId } of journal.uploads(index, active).all()) own.add(uploadId);
    seen.push({ name, open: open.filter(({ id }) => !own.has(id)), list: kind.list(name) });
  }
  return seen;
}

/** @returns undefined where no resource knows uploads. */
export function openUploadsFinding(seen: readonly SideUploads[]): Finding | undefined {
  if (seen.length === 0) return undefined;
  const open = seen.flatMap((side) => {
    const oldest = side.open.toSorted((a, b) => a.begunAt - b.begunAt)[0];
    return oldest ? [{ ...side, oldest }] : [];
  });
  if (open.length === 0) return { holds: true, detail: 'none' };
  const told = open.map(
    ({ name, open: { length }, oldest, list }) =>
      `${length} below ${name}, the oldest since ${new Date(oldest.begunAt).toISOString()} (${oldest.key}): ${list}`,
  );
  return {
    holds: false,
    detail: `${told.join('. ')}. They are completed on the side where they were begun: wait for them, or abort them`,
  };
}

/** @returns undefined where nobody writes by presigned URLs. */
export async function presignedFinding({
  journal,
  runtime,
  spec,
}: Pick<Migration, 'journal' | 'runtime' | 'spec'>): Promise<Finding | undefined> {
  const seconds = presignedSeconds(spec);
  if (seconds === 0) return undefined;
  const phase = standByPhase(journal.epoch);
  const since = (await journal.coordinator.phaseTimes())[phase]?.enteredAt ?? runtime.now();
  const over = since + seconds * 1_000;
  const word = phase === 'ready' ? 'Ready' : 'the switch';
  return {
    holds: runtime.now() >= over,
    detail:
      runtime.now() >= over
        ? `those handed out before ${word} have expired (presignedSeconds); no router sees what is written by others`
        : `those handed out before ${word} are good until ${new Date(over).toISOString()} (presignedSeconds); hand none out for the ${activeSide(journal.epoch)} meanwhile: no router sees what is written by them`,
  };
}
