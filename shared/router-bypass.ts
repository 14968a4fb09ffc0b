import type { Side } from './direction.ts';
import { RouteError } from './errors.ts';
import { bucketPairsText } from './object-places.ts';
import { pairsText, type RoutedBucket } from './route.ts';
import type { TablePair } from './router-attempt.ts';

/** Which way requests go: as the route says, or past it to one side. */
export type Way = Side | 'route';

/** The kill switch of a router, in the hands of the application's operator. ROUTER.md says when it may be used. */
export interface Bypass {
  /** Asked at each attempt of each request. @default what is undefined means the route */
  readonly side: () => Way | undefined;
  /** The target of each source table, as in the route, which nobody reads then. */
  readonly tables: Readonly<Record<string, string>>;
}

/** The same for a client of S3. */
export interface BucketBypass extends Pick<Bypass, 'side'> {
  /** What is moved where, as in the route. */
  readonly buckets: readonly RoutedBucket[];
}

/** A bypass as the router uses it. */
export interface KillSwitch {
  readonly side: () => Way | undefined;
  /** What is moved where. */
  readonly pairs: { readonly tables: readonly TablePair[]; readonly buckets?: readonly RoutedBucket[] };
}

const SIDES: readonly string[] = ['route', 'source', 'target'] satisfies readonly Way[];

/** The side that the operator wants now. @throws RouteError for one that there is not: a guess might lose writes. */
export function sideNow(killSwitch: KillSwitch): Way {
  const side = killSwitch.side() ?? 'route';
  if (!SIDES.includes(side))
    throw new RouteError(`the router's bypass says "${side}": it must be one of ${SIDES.join(', ')}`);
  return side;
}

/** The kill switch that a bypass makes, or one that is never thrown. */
export function killSwitchOf(bypass: Bypass | undefined): KillSwitch {
  return { side: () => bypass?.side(), pairs: { tables: pairsOf(bypass) } };
}

export function bucketKillSwitch(bypass: BucketBypass | undefined): KillSwitch {
  return { side: () => bypass?.side(), pairs: { tables: [], buckets: bypass?.buckets ?? [] } };
}

/** What is wrong with a bypass, to be found while it is not needed: it would leave tables on the wrong side. */
export function bypassProblem(bypass: Bypass | undefined, routed: readonly TablePair[]): string | undefined {
  const [own, wanted] = [pairsText(pairsOf(bypass)), pairsText(routed)];
  return bypass && own !== wanted
    ? `its bypass names the tables ${own || '(none)'}, the route ${wanted}: make them the same`
    : undefined;
}

export function bucketBypassProblem(
  bypass: BucketBypass | undefined,
  routed: readonly RoutedBucket[] = [],
): string | undefined {
  const [own, wanted] = [bucketPairsText(bypass?.buckets ?? []), bucketPairsText(routed)];
  return bypass && own !== wanted
    ? `its bypass names the buckets ${own || '(none)'}, the route ${wanted || '(none)'}: make them the same`
    : undefined;
}

function pairsOf(bypass: Bypass | undefined): TablePair[] {
  return Object.entries(bypass?.tables ?? {}).map(([source, target]) => ({ source, target }));
}
