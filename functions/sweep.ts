import { sweepUnit } from '../shared/engine/sweep.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openMigration } from './migration.ts';

export const handler = taskHandler(async (event: MigrationEvent & { readonly unit: number }, context) =>
  sweepUnit(await openMigration(event, context), event.unit),
);
