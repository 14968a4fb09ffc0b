import { S3Client } from '@aws-sdk/client-s3';
import { type WriteReportProps, writeReport } from '../shared/engine/report.ts';
import { environment } from '../shared/environment.ts';
import { systemRuntime } from '../shared/runtime.ts';
import { taskHandler } from './handler.ts';
import { openJournal, openRoute } from './journal.ts';

type ReportEvent = Pick<WriteReportProps, 'name' | 'term' | 'spec' | 'plan' | 'failure'>;

const s3 = new S3Client();

export const handler = taskHandler((event: ReportEvent) =>
  writeReport({
    ...event,
    s3,
    bucket: environment('REPORT_BUCKET'),
    journalOf: openJournal,
    routeOf: openRoute,
    runtime: systemRuntime,
  }),
);
