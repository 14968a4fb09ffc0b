import { copyUnit } from '../shared/engine/copy.ts';
import { taskHandler } from './handler.ts';
import { openUnit, type UnitEvent } from './unit.ts';

export const handler = taskHandler(async (event: UnitEvent, context) =>
  copyUnit(await openUnit(event, context, 'copy'), event.unit),
);
