import { dynamoDBClient, dynamoDBStreamsClient } from '../shared/clients.ts';
import { activeSide, passiveSide, type Side } from '../shared/direction.ts';
import { withFeeds } from '../shared/engine/feeds.ts';
import type { AuditedMigration, Migration, Plan, Resource } from '../shared/engine/migration.ts';
import { repairKey } from '../shared/engine/repair.ts';
import { environment } from '../shared/environment.ts';
import { PermanentError } from '../shared/errors.ts';
import { JOURNAL_SCHEMA, Journal } from '../shared/journal/journal.ts';
import { type PlannedResource, plannedKind } from '../shared/resources/planned-resource.ts';
import type { ByKind } from '../shared/resources/resource-kind.ts';
import { RouteTable } from '../shared/route.ts';
import { systemRuntime } from '../shared/runtime.ts';
import type { Spec } from '../shared/spec.ts';
import { type DynamoDBStoreProps, dynamoDBStore } from '../shared/stores/dynamodb.ts';
import { dynamoDBFeed } from '../shared/stores/dynamodb-feed.ts';
import type { Feed } from '../shared/stores/feed.ts';
import type { Store } from '../shared/stores/store.ts';
import { reservedAttribute } from '../shared/version.ts';

/** Clients are made once for each environment of a function and kept between invocations. */
const dynamodb = dynamoDBClient();
const streams = dynamoDBStreamsClient();

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

export function openJournal(name: string): Journal {
  return new Journal(dynamodb, environment('JOURNAL_TABLE'), name, systemRuntime);
}

export function openRoute(name: string): RouteTable {
  return new RouteTable(dynamodb, environment('ROUTE_TABLE'), name, systemRuntime);
}

/** How a side of a resource and its changes are opened. */
interface Opener {
  readonly store: (planned: PlannedResource, name: string, props: StoreProps) => Store;
  readonly feed: (stream: string, reserved: string) => Feed;
}

type StoreProps = Pick<DynamoDBStoreProps, 'client' | 'meter' | 'reserved'>;

const OPENERS: ByKind<Opener> = {
  table: {
    store: ({ keys }, table, props) =>
      dynamoDBStore({ ...props, runtime: systemRuntime, table, keyNames: keys.map(({ name }) => name) }),
    feed: (stream, reserved) => dynamoDBFeed(streams, stream, reserved),
  },
};

/** The two sides of each resource of a plan, as a direction sees them. */
export function openResources(
  name: string,
  plan: Plan,
  epoch: number,
  { client = dynamodb, meter }: Partial<Pick<DynamoDBStoreProps, 'client' | 'meter'>> = {},
): Resource[] {
  const props = { client, meter, reserved: reservedAttribute(name) };
  return plan.resources.map((planned, index) => {
    const side = (of: Side) => OPENERS[plannedKind(planned)].store(planned, planned[of], props);
    return { index, source: side(activeSide(epoch)), target: side(passiveSide(epoch)), repair: repairKey };
  });
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
  return {
    name,
    term,
    spec,
    plan,
    resources: openResources(name, plan, journal.epoch),
    journal,
    route: openRoute(name),
    runtime: systemRuntime,
    ...times(context),
  };
}

/** The same with the feeds of both sides, for the auditor. */
export async function openAudited(event: MigrationEvent, context: Remaining): Promise<AuditedMigration> {
  const migration = await openMigration(event, context);
  const reserved = reservedAttribute(event.name);
  return withFeeds(migration, (stream, planned) => OPENERS[plannedKind(planned)].feed(stream, reserved));
}
