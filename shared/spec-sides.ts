import { isOverlapping, locationName } from './bucket-location.ts';
import type { Problem } from './errors.ts';
import type { SpecResource } from './spec.ts';

/** A side of a resource in a spec, with where it stands. */
interface NamedSide<T> {
  readonly at: string;
  readonly side: T;
}

type TableSide = Extract<SpecResource['source'], { readonly table: string }>;
type BucketSide = Extract<SpecResource['source'], { readonly bucket: string }>;

/** Each table is a source or a target, once. */
export function tableProblems(resources: readonly SpecResource[]): Problem[] {
  const seen = new Map<string, string>();
  return sidesOf(resources).flatMap(({ at: resource, side }): Problem[] => {
    if (!isTable(side)) return [];
    const at = `${resource}.table`;
    const id = [side.account, side.region, side.table].join('/');
    const earlier = seen.get(id);
    seen.set(id, at);
    return earlier
      ? [
          {
            at,
            problem: 'the table is named twice',
            value: side.table,
            allowed: 'each table once, as a source or as a target',
            change: `name another table here or in ${earlier}`,
          },
        ]
      : [];
  });
}

/** Each object lies on one side of one resource. */
export function bucketProblems(resources: readonly SpecResource[]): Problem[] {
  const sides = sidesOf(resources).filter((one): one is NamedSide<BucketSide> => !isTable(one.side));
  return sides.flatMap(({ at, side }, index): Problem[] => {
    const earlier = sides.slice(0, index).find((other) => isOverlapping(side, other.side));
    return earlier
      ? [
          {
            at: `${at}.prefix`,
            problem: `some objects lie in ${earlier.at}, too`,
            value: locationName(side),
            allowed: `a prefix that neither begins with that of ${locationName(earlier.side)} nor is its beginning`,
            change: `name another bucket or prefix here or in ${earlier.at}`,
          },
        ]
      : [];
  });
}

/** Where all versions are moved they come without access control lists and locks: who asks for both is told. */
export function versionsProblems(resources: readonly SpecResource[]): Problem[] {
  return resources.flatMap((resource, index): Problem[] => {
    if (!('versions' in resource) || resource.versions !== 'all') return [];
    return (['acls', 'objectLock'] as const)
      .filter((field) => resource[field])
      .map((field) => ({
        at: `resources[${index}].${field}`,
        problem: 'not carried where all versions are moved',
        value: 'true',
        allowed: 'with "versions": "all" neither acls nor objectLock',
        change: 'leave this out, or move the current versions alone ("versions": "current")',
      }));
  });
}

/** By these a policy means more than one text (IAM User Guide, "Using wildcards in resource ARNs", "Policy variables"). */
const PATTERN = /[*?]|\$\{/;

/** With a fence in resource policies each prefix can be named in a policy, and no bucket is on both sides. */
export function fencedBucketProblems(resources: readonly SpecResource[]): Problem[] {
  const sides = sidesOf(resources).filter((one): one is NamedSide<BucketSide> => !isTable(one.side));
  const sources = sides.filter(({ at }) => at.endsWith('source'));
  return sides.flatMap(({ at, side }): Problem[] => {
    const problems: Problem[] = [];
    if (PATTERN.test(side.prefix))
      problems.push({
        at: `${at}.prefix`,
        problem: 'a bucket policy would take it for a pattern, and deny the writes of other objects, too',
        value: locationName(side),
        allowed: 'with cutover.fence a prefix without *, ? and ${',
        change: 'leave cutover.fence out, or end the prefix before it',
      });
    const source = sources.find((other) => other.side.bucket === side.bucket);
    if (at.endsWith('target') && source)
      problems.push({
        at: `${at}.bucket`,
        problem: `its policy can't be that of both sides: the bucket is ${source.at}, too`,
        value: side.bucket,
        allowed: 'with cutover.fence a bucket that is a source or a target',
        change: 'leave cutover.fence out, or name another bucket',
      });
    return problems;
  });
}

function sidesOf(resources: readonly SpecResource[]): NamedSide<TableSide | BucketSide>[] {
  return resources.flatMap(({ source, target }, index) => [
    { at: `resources[${index}].source`, side: source },
    { at: `resources[${index}].target`, side: target },
  ]);
}

function isTable(side: TableSide | BucketSide): side is TableSide {
  return 'table' in side;
}
