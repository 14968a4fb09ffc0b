import type { Problem } from '../errors.ts';
import type { RouteCheck } from '../resources/resource-kind.ts';
import { pairTexts, type Route, routedPairs } from '../route.ts';
import { resourcePairs, type Spec } from '../spec.ts';

export function routeProblems(
  spec: Spec,
  route: Route | undefined,
  known: boolean,
  checks: readonly RouteCheck[],
): Problem[] {
  const pairs = resourcePairs(spec.resources);
  const create = `segue route create ${spec.name} ${pairs.map(({ source, target }) => `${source}:${target}`).join(' ')}`;
  if (!route)
    return [
      {
        at: 'name',
        problem: 'the route of this migration is missing',
        value: spec.name,
        allowed: 'a route that points at the source',
        change: `create it before the application uses the router: ${create}`,
      },
    ];
  const problems: Problem[] = [];
  if (route.state !== 'source' && !known)
    problems.push({
      at: 'name',
      problem: 'the route does not point at the source',
      value: route.state,
      allowed: 'source',
      change: 'retire it and create it anew, or choose another name',
    });
  const wanted = pairTexts(pairs);
  const routed = pairTexts(routedPairs(route));
  if (wanted.join() !== routed.join())
    problems.push({
      at: 'resources',
      problem: 'the route names other resources',
      value: routed.join(' '),
      allowed: wanted.join(' '),
      change: `${difference(wanted, routed)}: retire the route and create it anew: ${create}`,
    });
  return [...problems, ...checks.flatMap((check) => check(route, create))];
}

/** Which pairs the one has and the other has not. */
function difference(spec: readonly string[], route: readonly string[]): string {
  const missing = spec.filter((pair) => !route.includes(pair));
  const more = route.filter((pair) => !spec.includes(pair));
  return [
    ...(missing.length > 0 ? [`the route lacks ${missing.join(', ')}`] : []),
    ...(more.length > 0 ? [`the spec lacks ${more.join(', ')}`] : []),
  ].join('; ');
}
