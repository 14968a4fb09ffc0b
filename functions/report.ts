import { S3Client } from '@aws-sdk/client-s3';
import type { Plan } from '../shared/engine/migration.ts';
import { writeReport } from '../shared/engine/report.ts';
import { environment } from '../shared/environment.ts';
import { systemRuntime } from '../shared/runtime.ts';
import { taskHandler } from './handler.ts';
import { openJournal } from './migration.ts';

interface ReportEvent {
  readonly name?: string;
  readonly spec: unknown;
  readonly plan?: Plan;
  readonly failure?: { readonly error: string; readonly cause: string };
}

const s3 = new S3Client();

export const handler = taskHandler((event: ReportEvent) =>
  writeReport({
    ...event,
    s3,
    bucket: environment('REPORT_BUCKET'),
    journalOf: openJournal,
    runtime: systemRuntime,
  }),
);
