import { locationName } from '../../bucket-location.ts';
import type { Checks } from '../../checks.ts';
import type { Side } from '../../direction.ts';
import type { Problem } from '../../errors.ts';
import type { BucketLocation } from '../../model.ts';
import type { Spec, SpecBucket } from '../../spec.ts';
import type { LookedFor, ResourceProblems, RouteCheck } from '../resource-kind.ts';
import { lookAtAcls } from './acl-problems.ts';
import type { BucketAccount } from './bucket-account.ts';
import type { BucketSettingsLook } from './bucket-settings-look.ts';
import { type Looked, lookAtListing } from './listing-problems.ts';
import { lookAtLocks } from './lock-problems.ts';
import { lookAtSample } from './sampled-objects.ts';
import { replicationProblems, settingNotes, targetProblems } from './setting-problems.ts';
import { lookAtVersions } from './version-problems.ts';

/** What is carried only where the spec asks for it, and the option of the deploy config that allows it. */
const CARRIED = [
  { field: 'acls', option: 'objectAcls', what: 'access control lists' },
  { field: 'objectLock', option: 'objectLock', what: 'retention and legal holds' },
  { field: 'versions', option: 'objectVersions', what: 'all versions' },
] as const;

interface BucketProblemsProps {
  /** Account and Region of the stack. */
  readonly account: string;
  readonly region: string;
  /** Buckets that the stack may touch, and what it may carry of their objects where it is asked for. */
  readonly allowed: {
    readonly sources: readonly string[];
    readonly targets: readonly string[];
    readonly acls: boolean;
    readonly objectLock: boolean;
    readonly versions: boolean;
    /** Buckets in which it may read lists of S3 Inventory. */
    readonly inventories: readonly string[];
  };
  readonly buckets: BucketAccount;
  readonly settings: BucketSettingsLook;
}

/** What keeps buckets from being moved. Of a migration that is known already only what holds all its life is demanded. */
export class BucketProblems implements ResourceProblems {
  readonly #props: BucketProblemsProps;

  constructor(props: BucketProblemsProps) {
    this.#props = props;
  }

  async look(resource: SpecBucket, { index, spec, known }: LookedFor, checks: Checks): Promise<RouteCheck> {
    const at = (side: Side) => `resources[${index}].${side}.bucket`;
    let areHere = true;
    for (const side of ['source', 'target'] as const) {
      checks.problems.push(...this.#grantProblems(at(side), side, resource[side]));
      const isHere = await this.#isHere(at(side), resource[side], checks);
      areHere &&= isHere;
      checks.notes.push(...prefixNotes(resource[side]));
    }
    checks.problems.push(
      ...this.#carriedProblems(index, resource),
      ...this.#inventoryProblems(`resources[${index}].inventory.bucket`, resource),
    );
    checks.notes.push(...paceNotes(resource, spec));
    if (areHere && !known) await this.#lookInside(at, resource, checks);
    // The names by which the route and the spec are compared say everything of a bucket.
    return () => [];
  }

  #grantProblems(at: string, side: Side, { bucket }: BucketLocation): Problem[] {
    const allowed = this.#props.allowed[`${side}s`];
    if (allowed.includes(bucket)) return [];
    const field = side === 'source' ? 'sourceBuckets' : 'targetBuckets';
    return [
      {
        at,
        problem: `the stack may not touch this ${side}`,
        value: bucket,
        allowed: allowed.join(', ') || 'none',
        change: `add it to the ${field} of the deploy config and deploy again`,
      },
    ];
  }

  #carriedProblems(index: number, resource: SpecBucket): Problem[] {
    return CARRIED.filter(({ field }) => isAsked(resource[field]) && !this.#props.allowed[field]).map(
      ({ field, option, what }) => ({
        at: `resources[${index}].${field}`,
        problem: `the stack may not carry ${what} of objects`,
        value: String(resource[field]),
        allowed: `a stack whose config says "${option}": true`,
        change: 'deploy it so, or leave this out',
      }),
    );
  }

  #inventoryProblems(at: string, { inventory }: SpecBucket): Problem[] {
    const { inventories } = this.#props.allowed;
    if (!inventory || inventories.includes(inventory.bucket)) return [];
    return [
      {
        at,
        problem: 'the stack may not read lists of S3 Inventory in this bucket',
        value: inventory.bucket,
        allowed: inventories.join(', ') || 'none',
        change:
          'add it to the inventoryBuckets of the deploy config and deploy again, or leave this out: ranges are found by probing then',
      },
    ];
  }

  async #isHere(at: string, { bucket }: BucketLocation, checks: Checks): Promise<boolean> {
    const { account, region, buckets } = this.#props;
    let isHere = false;
    await checks.run(`the bucket ${bucket}`, async (): Promise<Problem[]> => {
      const place = await buckets.place(bucket, region, account);
      isHere = place.kind === 'here';
      switch (place.kind) {
        case 'here':
          return [];
        case 'missing':
          return [
            {
              at,
              problem: 'there is no such bucket',
              value: bucket,
              change: 'create it, or correct the name',
            },
          ];
        case 'elsewhere':
          return [
            {
              at,
              problem: 'buckets of other Regions are not supported yet',
              value: `${bucket} in ${place.region ?? 'another Region'}`,
              allowed: region,
              change:
                'deploy the stack in the Region of the buckets; between Regions, S3 Replication fits better',
            },
          ];
        case 'refused':
          return [
            {
              at,
              problem: 'the bucket belongs to another account, or refuses to be looked at',
              value: bucket,
              allowed: `a bucket of account ${account} that the stack may touch`,
              change:
                "deploy the stack with this bucket in its config; a bucket policy that denies it must except the stack's roles",
            },
          ];
      }
    });
    return isHere;
  }

  async #lookInside(at: (side: Side) => string, resource: SpecBucket, checks: Checks): Promise<void> {
    const { allowed, buckets, settings } = this.#props;
    const { source, target, existingItems, versions } = resource;
    const look = (what: string, lookAt: () => Promise<Looked>) =>
      checks.run(what, async () => {
        const { problems, notes } = await lookAt();
        checks.notes.push(...notes);
        return problems;
      });
    await look(`objects of ${locationName(source)}`, () =>
      lookAtListing(buckets, at('source'), source, target),
    );
    await look(`single objects of ${locationName(source)}`, () =>
      lookAtSample(buckets, at('source'), source),
    );
    if (existingItems === 'refuse')
      await checks.run(`objects of ${locationName(target)}`, () =>
        emptyProblems(buckets, at('target'), target),
      );
    await look('Object Lock of both buckets', () => lookAtLocks(settings, at, resource));
    // A stack that may not carry them may not look at the target for them either, and has said so.
    if (!resource.acls || allowed.acls)
      await look('access control lists of both buckets', () => lookAtAcls(settings, at, resource));
    await checks.run(`replication of ${source.bucket}`, () =>
      replicationProblems(settings, at('source'), resource),
    );
    await look(`policy and notifications of ${target.bucket}`, () =>
      targetProblems(settings, buckets, at('target'), target),
    );
    if (versions === 'all' && allowed.versions)
      await look(`versions of ${source.bucket} and ${target.bucket}`, () =>
        lookAtVersions(settings, buckets, at, resource),
      );
    const notes = await checks.ask(`settings of ${source.bucket}`, () =>
      settingNotes(settings, buckets, resource),
    );
    checks.notes.push(...(notes ?? []));
  }
}

function isAsked(value: boolean | SpecBucket['versions']): boolean {
  return value === true || value === 'all';
}

async function emptyProblems(buckets: BucketAccount, at: string, target: BucketLocation): Promise<Problem[]> {
  for await (const [first] of buckets.objects(target, 1)) {
    if (!first) break;
    return [
      {
        at,
        problem: 'the target is not empty',
        value: `${target.bucket}/${first.Key}`,
        allowed: `no object below ${locationName(target)}`,
        change:
          'empty it, or set existingItems to "replace": what differs is replaced then, and what only the target holds is removed',
      },
    ];
  }
  return [];
}

function paceNotes({ source }: SpecBucket, { copy }: Spec): string[] {
  const { readUnits, writeUnits, requestsPerSecond, megabytesPerSecond } = copy;
  if ((readUnits ?? writeUnits) === undefined || (requestsPerSecond ?? megabytesPerSecond) !== undefined)
    return [];
  return [
    `${locationName(source)}: copy.readUnits and copy.writeUnits are units of tables; nothing limits what is used of buckets but copy.workers, unless copy.requestsPerSecond or copy.megabytesPerSecond is set`,
  ];
}

function prefixNotes(location: BucketLocation): string[] {
  if (location.prefix === '' || location.prefix.endsWith('/')) return [];
  return [
    `the prefix of ${locationName(location)} does not end with a slash: keys that begin with it and go on otherwise belong to it, too`,
  ];
}
