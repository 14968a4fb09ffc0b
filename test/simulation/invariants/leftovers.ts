import { itemText, keyFromText } from '../../../shared/items.ts';
import { RESERVED, STRAY_KEY, type Stage } from '../stage.ts';

/** A complete migration has left nothing of its own in the user's tables, and has turned its stream off again. */
export function nothingIsLeftBehind(stage: Stage): void {
  for (const name of ['source', 'target'])
    for (const item of stage.world.table(name).items())
      if (RESERVED in item) stage.violate(`reserved attribute left: on the ${name} in ${itemText(item)}`);
  const isOn = stage.world.table('source').stream?.status === 'ENABLED';
  if (isOn && !stage.setting.streamOn && !stage.streamReplaced)
    stage.violate('the stream was left on: nobody had enabled it before the migration');
  if (!isOn && stage.setting.streamOn)
    stage.violate('the stream was turned off: it had been on before the migration');
  const mapping = stage.world.mappings.find(({ state }) => state !== 'Deleting' && state !== 'Deleted');
  if (mapping) stage.violate(`the mapping was left: it is ${mapping.state}`);
}

/** Whatever was written past the routers after the switch is listed, and nobody else is accused. */
export function straysAreListed(stage: Stage): void {
  const listed = stage.world
    .table('journal')
    .items()
    .filter(({ pk }) => pk?.S?.startsWith('list#m#stray#'))
    .map(({ key }) => itemText(keyFromText(key?.S ?? '')));
  const unwatched = stage.world
    .table('journal')
    .get({ pk: { S: 'migration#m' }, sk: { S: 'fact#unwatched' } });
  if (unwatched) stage.count('unwatched');
  const expected = !unwatched && stage.world.table('source').get(STRAY_KEY)?.v?.S === 'astray';
  if (expected && !listed.includes(itemText(STRAY_KEY)))
    stage.violate('a stray was not listed: written after the switch, before the end of the watch');
}
