import { itemText } from '../../../shared/items.ts';
import { RESERVED, type Stage } from '../stage.ts';

/** A complete migration has left nothing of its own in the user's tables, and has turned its stream off again. */
export function nothingIsLeftBehind(stage: Stage): void {
  for (const name of ['source', 'target'])
    for (const item of stage.world.table(name).items())
      if (RESERVED in item) stage.violate(`reserved attribute left: on the ${name} in ${itemText(item)}`);
  const isOn = stage.world.table('source').stream?.status === 'ENABLED';
  const isTargetOn = stage.world.table('target').stream?.status === 'ENABLED';
  if ((isOn && !stage.setting.streamOn && !stage.streamReplaced) || isTargetOn)
    stage.violate('the stream was left on: nobody had enabled it before the migration');
  if (!isOn && stage.setting.streamOn)
    stage.violate('the stream was turned off: it had been on before the migration');
  const mapping = stage.world.mappings.find(({ state }) => state !== 'Deleting' && state !== 'Deleted');
  if (mapping) stage.violate(`the mapping was left: it is ${mapping.state}`);
}
