import { RouteError } from './errors.ts';

/** Which way requests go: as the route says, or past it to one side. */
export type Side = 'route' | 'source' | 'target';

/** The kill switch of a router, in the hands of the application's operator. ROUTER.md says when it may be used. */
export interface Bypass {
  /** Asked at each attempt of each request. */
  readonly side: () => Side;
  /** The target of each source table: nobody reads the route then. */
  readonly tables: Readonly<Record<string, string>>;
}

const SIDES: readonly string[] = ['route', 'source', 'target'] satisfies readonly Side[];

/** The side that the operator wants now. @throws RouteError for one that there is not: a guess might lose writes. */
export function sideNow(bypass: Bypass | undefined): Side {
  const side = bypass?.side() ?? 'route';
  if (!SIDES.includes(side))
    throw new RouteError(`the router's bypass says "${side}": it must be one of ${SIDES.join(', ')}`);
  return side;
}
