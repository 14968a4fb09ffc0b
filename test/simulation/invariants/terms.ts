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
