import { verifyUnit } from '../shared/engine/verify.ts';
import { taskHandler } from './handler.ts';
import { openUnit, type UnitEvent } from './unit.ts';

export const handler = taskHandler(async (event: UnitEvent, context) =>
  verifyUnit(await openUnit(event, context, 'verify'), event.unit),
);
