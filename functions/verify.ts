import { verifyUnit } from '../shared/engine/verify.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openMigration } from './migration.ts';

export const handler = taskHandler(async (event: MigrationEvent & { readonly unit: number }, context) =>
  verifyUnit(await openMigration(event, context), event.unit),
);
