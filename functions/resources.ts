import {
  type DynamoDB,
  dynamoDBClient,
  dynamoDBStreamsClient,
  type S3,
  s3Client,
  s3ClientOnce,
} from '../shared/clients.ts';
import { activeSide, otherSide, passiveSide, type Side } from '../shared/direction.ts';
import type { Migration, Resource } from '../shared/engine/migration.ts';
import { type Repair, repairKey } from '../shared/engine/repair.ts';
import { repairUnversioned } from '../shared/engine/repair-unversioned.ts';
import type { Journal } from '../shared/journal/journal.ts';
import type { InvocationTimes } from '../shared/journal/turns.ts';
import { keysOfHint } from '../shared/resources/buckets/bucket-hints.ts';
import {
  type PlannedBucket,
  type PlannedResource,
  type PlannedTable,
  plannedKind,
} from '../shared/resources/planned-resource.ts';
import type { ByKind } from '../shared/resources/resource-kind.ts';
import { systemRuntime } from '../shared/runtime.ts';
import { dynamoDBStore } from '../shared/stores/dynamodb.ts';
import { dynamoDBFeed } from '../shared/stores/dynamodb-feed.ts';
import type { Feed, KeysOfHint } from '../shared/stores/feed.ts';
import type { Meter } from '../shared/stores/meter.ts';
import { s3Store } from '../shared/stores/s3/s3.ts';
import { noFeed } from '../shared/stores/s3/s3-feed.ts';
import { s3HistoryStore } from '../shared/stores/s3/s3-history-store.ts';
import type { Store } from '../shared/stores/store.ts';
import { reservedAttribute } from '../shared/version.ts';

/** Made once for each environment of a function and kept between invocations. */
const dynamodb = dynamoDBClient();
const streams = dynamoDBStreamsClient();
const s3 = s3Client();

/** With what resources are opened. */
export interface OpenProps {
  readonly client?: DynamoDB;
  readonly s3?: S3;
  /** Holds back what is used of tables and buckets. */
  readonly meter?: Meter;
}

interface Opening {
  readonly index: number;
  readonly journal: Journal;
  readonly times: InvocationTimes;
  readonly props: OpenProps;
}

/** How the sides of a resource of one kind, and their changes, are opened. */
interface Opener {
  readonly repair: Repair;
  readonly service?: Resource['service'];
  /** @returns what opens either side. */
  open(planned: PlannedResource, opening: Opening): Promise<(side: Side) => Store>;
  /** Where no feed tells of every change: the keys that routers note of the active side. */
  keysOfHint?(planned: PlannedResource, active: Side): KeysOfHint;
  feed(stream: string, migration: string): Feed;
}

const OPENERS: ByKind<Opener> = {
  table: {
    repair: repairKey,
    open: async (planned: PlannedTable, { journal, props: { client = dynamodb, meter } }) => {
      const reserved = reservedAttribute(journal.migration);
      const keyNames = planned.keys.map(({ name }) => name);
      return (side) =>
        dynamoDBStore({ client, meter, reserved, runtime: systemRuntime, table: planned[side], keyNames });
    },
    feed: (stream, migration) => dynamoDBFeed(streams, stream, reservedAttribute(migration)),
  },
  bucket: {
    repair: repairUnversioned,
    service: 'S3',
    open: async (planned: PlannedBucket, { index, journal, times, props }) => {
      const { acls, compare, locations, objectLock, partBytes, singleBytes, versions } = planned;
      const { s3: client = s3, meter } = props;
      const bounds = await knownBounds(journal, planned);
      return (side) => {
        const opened = {
          client,
          meter,
          location: locations[side],
          other: locations[otherSide(side)],
          bounds,
          compare,
          singleBytes,
          partBytes,
          uploads: journal.uploads(index, side),
        };
        if (versions !== 'all')
          return s3Store({ ...opened, acls, objectLock: objectLock ? systemRuntime : undefined });
        const turns = journal.turns(index, side, times);
        // Of this invocation alone: a connection that went stale in between would leave a write in doubt.
        return s3HistoryStore({ ...opened, once: s3ClientOnce(), turns, isOrigin: side === 'source' });
      };
    },
    keysOfHint: ({ locations }: PlannedBucket, active) => keysOfHint(locations.source, active),
    feed: () => noFeed,
  },
};

/** They never change, and are read once for each environment of a function. */
const bounds = new Map<string, readonly string[]>();

async function knownBounds(
  journal: Journal,
  { boundsId: id, segments }: PlannedBucket,
): Promise<readonly string[]> {
  const known = bounds.get(id) ?? (await journal.bounds.read(id, segments - 1));
  bounds.set(id, known);
  return known;
}

/** The two sides of each resource of a plan, as the direction of a journal sees them. */
export function openResources(
  { journal, plan, deadline, handoverAt }: Pick<Migration, 'journal' | 'plan' | 'deadline' | 'handoverAt'>,
  props: OpenProps = {},
): Promise<Resource[]> {
  return Promise.all(
    plan.resources.map(async (planned, index) => {
      const { repair, service, open, keysOfHint } = OPENERS[plannedKind(planned)];
      const side = await open(planned, { index, journal, times: { deadline, handoverAt }, props });
      const [active, passive] = [activeSide(journal.epoch), passiveSide(journal.epoch)];
      return {
        index,
        source: side(active),
        target: side(passive),
        repair,
        ...(service ? { service } : {}),
        ...(keysOfHint ? { keysOfHint: keysOfHint(planned, active) } : {}),
      };
    }),
  );
}

/** The changes of one side of a resource. */
export function openFeed({ name }: Pick<Migration, 'name'>, stream: string, planned: PlannedResource): Feed {
  return OPENERS[plannedKind(planned)].feed(stream, name);
}
