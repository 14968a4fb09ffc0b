import type { Stage } from '../stage.ts';

/** Each term of the coordinator and of each unit has one holder, and terms only grow. */
export function oneHolderPerTerm(stage: Stage): void {
  const holders = new Map<string, string>();
  stage.world.onWrite(({ table, key, before, after }) => {
    if (table !== 'journal' || !after?.term) return;
    const holder = after.execution?.S ?? after.holder?.S ?? '';
    const record = `${key.pk?.S} ${key.sk?.S}`;
    const term = Number(after.term.N);
    if (term < Number(before?.term?.N ?? 0)) stage.violate(`a term went back: of ${record} to ${term}`);
    const known = holders.get(`${record} ${term}`);
    if (known !== undefined && known !== holder)
      stage.violate(`two holders of one term: ${known} and ${holder} of ${record}, term ${term}`);
    holders.set(`${record} ${term}`, holder);
  });
}

/** What a predecessor, or an earlier attempt of a cutover, still notes for the coordinator changes nothing. */
export function onlyTheLatestCoordinates(stage: Stage): void {
  stage.world.onWrite(({ table, key, before, after, actor }) => {
    if (table !== 'journal' || key.sk?.S !== 'coordinator' || !before || !after) return;
    const [term, own] = [Number(before.term?.N), stage.terms.get(actor)];
    if (after.term?.N === before.term?.N && own !== undefined && own < term)
      stage.violate(`a predecessor coordinates: ${actor} of term ${own} wrote under term ${term}`);
    const [earlier, later] = [before, after].map(({ cutover }) => Number(cutover?.M?.attempt?.N ?? 0));
    if ((later ?? 0) < (earlier ?? 0))
      stage.violate(`an earlier attempt coordinates: ${actor} wrote attempt ${later} over ${earlier}`);
  });
}

/** Only its holder moves a unit or gives it back, never backwards, and nobody takes it from the living. */
export function onlyHoldersMoveUnits(stage: Stage): void {
  const { world, setting } = stage;
  world.onWrite(({ table, key, before, after, actor }) => {
    if (table !== 'journal' || !key.pk?.S?.startsWith('unit#') || !before || !after) return;
    const holder = before.holder?.S ?? '';
    if (after.term?.N === before.term?.N && !holder.startsWith(`${actor}.`))
      stage.violate(`a unit was moved by somebody else: ${actor} wrote ${key.pk.S}, held by ${holder}`);
    if (Number(after.checkpoint?.N ?? 0) < Number(before.checkpoint?.N ?? 0))
      stage.violate(`a checkpoint went back: of ${key.pk.S} by ${actor}`);
    const left = Number(before.expiresAt?.N) - world.scheduler.clock - 2 * setting.skewMilliseconds;
    if (after.holder?.S !== holder && left > 0 && before.coordinator?.N === after.coordinator?.N)
      stage.violate(`a unit was taken from the living: ${actor} took ${key.pk.S} from ${holder}`);
  });
}
