import { sweepUnit } from '../shared/engine/sweep.ts';
import { taskHandler } from './handler.ts';
import { openUnit, type UnitEvent } from './unit.ts';

export const handler = taskHandler(async (event: UnitEvent, context) =>
  sweepUnit(await openUnit(event, context, 'sweep'), event.unit),
);
