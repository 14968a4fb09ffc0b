import type { Side } from './direction.ts';
import { RouteError } from './errors.ts';
import { pairsText } from './route.ts';
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

const SIDES: readonly string[] = ['route', 'source', 'target'] satisfies readonly Way[];

/** The side that the operator wants now. @throws RouteError for one that there is not: a guess might lose writes. */
export function sideNow(bypass: Bypass | undefined): Way {
  const side = bypass?.side() ?? 'route';
  if (!SIDES.includes(side))
    throw new RouteError(`the router's bypass says "${side}": it must be one of ${SIDES.join(', ')}`);
  return side;
}

export function pairsOf(bypass: Bypass | undefined): TablePair[] {
  return Object.entries(bypass?.tables ?? {}).map(([source, target]) => ({ source, target }));
}

/** What is wrong with a bypass, to be found while it is not needed: it would leave tables on the wrong side. */
export function bypassProblem(bypass: Bypass | undefined, routed: readonly TablePair[]): string | undefined {
  const [own, wanted] = [pairsText(pairsOf(bypass)), pairsText(routed)];
  return bypass && own !== wanted
    ? `its bypass names the tables ${own || '(none)'}, the route ${wanted}: make them the same`
    : undefined;
}
