import { copyUnit } from '../shared/engine/copy.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openMigration } from './migration.ts';

export const handler = taskHandler(async (event: MigrationEvent & { readonly unit: number }, context) =>
  copyUnit(await openMigration(event, context), event.unit),
);
