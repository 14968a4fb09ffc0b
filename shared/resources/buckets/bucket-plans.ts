import { boundsId } from '../../bounds-id.ts';
import { locationName } from '../../bucket-location.ts';
import { MEGABYTE } from '../../capacity.ts';
import type { S3 } from '../../clients.ts';
import { PRICES } from '../../prices.ts';
import type { SpecBucket } from '../../spec.ts';
import { rangesOfInventory } from '../../stores/s3/s3-inventory.ts';
import { planRanges, type Ranges } from '../../stores/s3/s3-ranges.ts';
import type { Effort, PlannedBucket, Range } from '../planned-resource.ts';
import type { PlanProps, ResourcePlan, ResourcePlans } from '../resource-kind.ts';
import type { BucketAccount } from './bucket-account.ts';
import { bucketDifferences } from './bucket-differences.ts';
import type { BucketSettingsLook } from './bucket-settings-look.ts';

/** More than one range for each worker, so that none waits long for the last one. */
const RANGES_PER_WORKER = 4;
/** Objects of a page of a listing. */
const PAGE = 1_000;
/** Copies a second: what a prefix takes at once, and after S3 has divided it into ten (User Guide, "Performance"). */
const COPIES_PER_SECOND = { least: 3_500, most: 35_000 };
/** Of one worker, by the latency of its requests: to be measured on AWS. */
const COPIES_PER_WORKER_SECOND = { least: 100, most: 500 };
const BYTES_PER_WORKER_SECOND = { least: 200 * MEGABYTE, most: 2_000 * MEGABYTE };

interface BucketPlansProps {
  readonly client: S3;
  readonly account: BucketAccount;
  readonly look: BucketSettingsLook;
}

/** Plans of buckets, by their inventory or by probing their listings. */
export class BucketPlans implements ResourcePlans {
  readonly notCompared =
    'not compared: access control lists, and retention and legal holds of objects, where they are not asked for; earlier versions of objects stay where they are, unless all are asked for (versions); objects encrypted with keys of their owner (SSE-C), which no listing tells, are not copied and stand in the quarantine; S3 has no backup of a moment: versioning at the source keeps what is overwritten';
  readonly #props: BucketPlansProps;

  constructor(props: BucketPlansProps) {
    this.#props = props;
  }

  async plan(resource: SpecBucket, { lookUps, mostUnits, workers }: PlanProps): Promise<ResourcePlan> {
    const { client, account, look } = this.#props;
    const { source, target } = resource;
    const { ranges, notes } = await rangesOf(
      client,
      resource,
      Math.min(mostUnits, RANGES_PER_WORKER * workers),
    );
    const differences = await bucketDifferences(look, account, lookUps, {
      source: source.bucket,
      target: target.bucket,
    });
    const planned = plannedBucket(resource, ranges);
    return {
      resource: planned,
      effort: effortOf({ ...resource, compare: planned.compare }, ranges),
      notes: [
        ...notes,
        ...(ranges.estimatedFrom === undefined
          ? []
          : [`${locationName(source)}: its objects are estimated, from ${ranges.estimatedFrom}`]),
        ...(planned.versions ? [versionsNote(resource)] : []),
        ...differences.notes,
        ...mechanismNotes(resource),
      ],
      toDo: differences.toDo,
      bounds: ranges.bounds,
    };
  }
}

/** By the newest list of an inventory where the spec names one that can be read, else by probing the listing. */
async function rangesOf(
  client: S3,
  { inventory, source }: SpecBucket,
  wanted: number,
): Promise<{ readonly ranges: Ranges; readonly notes: readonly string[] }> {
  if (!inventory) return { ranges: await planRanges(client, source, wanted), notes: [] };
  try {
    return { ranges: await rangesOfInventory(client, inventory, source, wanted), notes: [] };
  } catch (error) {
    return {
      ranges: await planRanges(client, source, wanted),
      notes: [
        `${locationName(source)}: its ranges were found by probing, for its inventory below ${locationName(inventory)} could not be used: ${(error as Error).message}`,
      ],
    };
  }
}

function plannedBucket(resource: SpecBucket, { bounds, objects, bytes }: Ranges): PlannedBucket {
  const { source, target, acls, objectLock, singleMegabytes, partMegabytes, versions } = resource;
  return {
    kind: 'bucket',
    source: locationName(source),
    target: locationName(target),
    locations: { source, target },
    compare: comparisonOf(resource),
    acls,
    objectLock,
    ...(versions === 'all' ? { versions } : {}),
    singleBytes: singleMegabytes * MEGABYTE,
    partBytes: partMegabytes * MEGABYTE,
    boundsId: boundsId(bounds),
    items: objects,
    bytes,
    segments: bounds.length + 1,
  };
}

/**
 * What stood there before may differ in what no listing tells, and so may lists and locks that are asked for: of a lock
 * no event tells (User Guide, "Amazon S3 event notification types and destinations").
 */
function comparisonOf({ acls, compare, existingItems, objectLock }: SpecBucket): PlannedBucket['compare'] {
  const isDeep = existingItems === 'replace' || acls || objectLock;
  return isDeep && compare === 'listing' ? 'everything' : compare;
}

/** Each object is looked at and copied once, in one request or in parts; each listing is read to its end once. */
function effortOf({ acls, compare, partMegabytes }: SpecBucket, { objects, bytes }: Ranges): Effort {
  const parts = Math.ceil(bytes / (partMegabytes * MEGABYTE));
  const listings = 3 * Math.ceil(objects / PAGE);
  // Of both sides: with their tags, with their bytes, with their access control lists.
  const looks = ({ listing: 0, everything: 4, bytes: 6 }[compare] + (acls ? 3 : 0)) * objects;
  const dollars = (writes: number, reads: number) => writes * PRICES.objectWrite + reads * PRICES.objectRead;
  const seconds = (rate: typeof COPIES_PER_WORKER_SECOND, byteRate: typeof rate): Range => [
    objects / rate.most + bytes / byteRate.most,
    objects / rate.least + bytes / byteRate.least,
  ];
  return {
    readUnits: [0, 0],
    writeUnits: [0, 0],
    dollars: [
      dollars(objects + listings, objects + looks),
      dollars(2 * (objects + parts + listings), 4 * objects + looks),
    ],
    storeSeconds: [objects / COPIES_PER_SECOND.most, objects / COPIES_PER_SECOND.least],
    workerSeconds: seconds(COPIES_PER_WORKER_SECOND, BYTES_PER_WORKER_SECOND),
  };
}

function versionsNote({ source }: SpecBucket): string {
  return `${locationName(source)}: objects are estimated by their current versions: earlier ones and delete markers come on top, in time and in dollars`;
}

/** When something else of AWS's own fits better, it is said. */
function mechanismNotes({ source }: SpecBucket): string[] {
  return [
    `${locationName(source)}: if both buckets are to stay, S3 Replication fits better; if the application can stop writing for a while, S3 Batch Operations copies everything by one job`,
  ];
}
