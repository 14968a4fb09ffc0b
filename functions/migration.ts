import { withFeeds } from '../shared/engine/feeds.ts';
import type { AuditedMigration, Migration, Plan } from '../shared/engine/migration.ts';
import { PermanentError } from '../shared/errors.ts';
import { JOURNAL_SCHEMA, type Journal } from '../shared/journal/journal.ts';
import { systemRuntime } from '../shared/runtime.ts';
import type { Spec } from '../shared/spec.ts';
import { openJournal, openRoute } from './journal.ts';
import { openFeed, openResources } from './resources.ts';

/** Of an invocation's time, the part that is kept for handing over. */
const HANDOVER_SHARE = 0.15;
const LEAST_HANDOVER_MILLISECONDS = 3_000;

export interface MigrationEvent {
  readonly name: string;
  readonly term: number;
}

/** The invocation's clock, as Lambda gives it. */
export interface Remaining {
  getRemainingTimeInMillis(): number;
}

/** When an invocation should hand over, and when it ends. */
export function times(context: Remaining): Pick<Migration, 'handoverAt' | 'deadline'> {
  const remaining = context.getRemainingTimeInMillis();
  const deadline = Date.now() + remaining;
  return {
    deadline,
    handoverAt: deadline - Math.max(LEAST_HANDOVER_MILLISECONDS, HANDOVER_SHARE * remaining),
  };
}

/** What the journal says of a migration once and for ever, read once for each environment of a function. */
interface Known {
  readonly spec: Spec;
  readonly plan: Plan;
}
const known = new Map<string, Known>();

async function know(journal: Journal): Promise<Known> {
  const before = known.get(journal.migration);
  if (before) return before;
  const [identity, plan] = await Promise.all([journal.identity(), journal.fact<Plan>('plan')]);
  if (!identity || !plan)
    throw new PermanentError(`the journal knows no migration ${journal.migration} with a plan`);
  if (identity.schema > JOURNAL_SCHEMA)
    throw new PermanentError(
      `the journal was written by a newer version (schema ${identity.schema}, this one ${JOURNAL_SCHEMA})`,
    );
  known.set(journal.migration, { spec: identity.spec, plan });
  return { spec: identity.spec, plan };
}

/** A migration as the journal knows it, seen from this invocation. */
export async function openMigration({ name, term }: MigrationEvent, context: Remaining): Promise<Migration> {
  const journal = await openJournal(name).atPresent();
  const { spec, plan } = await know(journal);
  const { deadline, handoverAt } = times(context);
  return {
    name,
    term,
    spec,
    plan,
    resources: await openResources({ journal, plan, deadline, handoverAt }),
    journal,
    route: openRoute(name),
    runtime: systemRuntime,
    deadline,
    handoverAt,
  };
}

/** The same with the feeds of both sides, for the auditor. */
export async function openAudited(event: MigrationEvent, context: Remaining): Promise<AuditedMigration> {
  const migration = await openMigration(event, context);
  return withFeeds(migration, (stream, planned) => openFeed(migration, stream, planned));
}
