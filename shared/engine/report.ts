import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { InvalidInputError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import { renderPage } from '../report/page.ts';
import { type KnownMigration, type ReportInput, reportData } from '../report/report.ts';
import type { RouteTable } from '../route.ts';
import type { Runtime } from '../runtime.ts';
import { parseSpec, type Spec, specIdentity } from '../spec.ts';
import { type FailureFact, readHistory, readStatus } from '../status.ts';
import type { Plan } from './migration.ts';

export interface WriteReportProps {
  /** @default the name in the spec */
  readonly name?: string;
  /** Term of the coordinator that reports; absent where the migration was refused. */
  readonly term?: number;
  readonly spec: unknown;
  /** What was planned; empty where it did not come to that. */
  readonly plan?: Plan | Record<string, never>;
  /** Why the execution has stopped, as Step Functions tells it. */
  readonly failure?: { readonly error: string; readonly cause: string };
  readonly s3: Pick<S3Client, 'send'>;
  readonly bucket: string;
  readonly journalOf: (name: string) => Journal;
  readonly routeOf: (name: string) => RouteTable;
  readonly runtime: Runtime;
}

export interface ReportLocations {
  readonly html: string;
  readonly json: string;
}

/** Where reports of inputs without a usable name go: no migration can have this name. */
const UNNAMED = '_unnamed';

/**
 * Writes the report and its JSON twin: a dated copy that stays, and the newest one of the migration.
 * @returns their s3:// locations: of the newest, or of the dated copy where another migration owns the name.
 */
export async function writeReport(props: WriteReportProps): Promise<ReportLocations> {
  const { spec: given, plan, runtime } = props;
  const spec = parsed(given);
  const name = props.name ?? spec?.name ?? UNNAMED;
  const now = runtime.now();
  const failure = props.failure && { at: now, ...props.failure };
  const journal = props.journalOf(name);
  const identity = await journal.identity();
  const specSha256 = spec && specIdentity(spec);
  const input = {
    name,
    now,
    spec: spec ?? given,
    specSha256,
    plan: plan && 'estimate' in plan ? (plan as Plan) : undefined,
    failure,
  };
  if (spec?.dryRun) return put(props, { ...input, without: 'dry-run' }, identity === undefined);
  const coordinates =
    identity !== undefined &&
    identity.identity === specSha256 &&
    (await journal.coordinator.read())?.term === props.term;
  if (failure && !coordinates) {
    const without = props.term === undefined ? 'refused' : 'superseded';
    return put(props, { ...input, without }, identity === undefined);
  }
  if (failure) await journal.noteFact('failure', failure satisfies FailureFact);
  return put(props, { ...input, known: await knownMigration(props, journal, now) }, true);
}

async function knownMigration(
  { routeOf }: WriteReportProps,
  journal: Journal,
  now: number,
): Promise<KnownMigration | undefined> {
  const [status, history, route] = await Promise.all([
    readStatus(journal, now),
    readHistory(journal),
    routeOf(journal.migration).read(),
  ]);
  return status && { status, history, route };
}

async function put(
  { s3, bucket }: WriteReportProps,
  input: ReportInput,
  isNewest: boolean,
): Promise<ReportLocations> {
  const report = reportData(input);
  const documents = {
    html: { ContentType: 'text/html; charset=utf-8', Body: await renderPage(report) },
    json: { ContentType: 'application/json', Body: `${JSON.stringify(report, undefined, 2)}\n` },
  };
  // The basic format of ISO 8601: colons are awkward in the keys of objects.
  const dated = `${input.name}/${report.generatedAt.replaceAll(/[-:]/g, '')}`;
  const folders = isNewest ? [dated, input.name] : [dated];
  for (const folder of folders)
    for (const [extension, document] of Object.entries(documents))
      await s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: `${folder}/report.${extension}`, ...document }),
      );
  const location = `s3://${bucket}/${folders.at(-1)}/report`;
  return { html: `${location}.html`, json: `${location}.json` };
}

function parsed(input: unknown): Spec | undefined {
  try {
    return parseSpec(input);
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}
