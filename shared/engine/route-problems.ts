import type { Problem } from '../errors.ts';
import { pairsText, type Route } from '../route.ts';
import type { Spec } from '../spec.ts';
import type { TablePair } from './resource-problems.ts';
import { keySchema, keyText } from './tables.ts';

export function routeProblems(
  spec: Spec,
  route: Route | undefined,
  known: boolean,
  tables: readonly TablePair[],
): Problem[] {
  const create = `segue route create ${spec.name} ${spec.resources.map(({ source, target }) => `${source.table}:${target.table}`).join(' ')}`;
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
  const wanted = pairsText(
    spec.resources.map(({ source, target }) => ({ source: source.table, target: target.table })),
  );
  const routed = pairsText(route.tables);
  if (wanted !== routed)
    problems.push({
      at: 'resources',
      problem: 'the route names other tables',
      value: routed,
      allowed: wanted,
      change: `retire the route and create it anew: ${create}`,
    });
  for (const [index, { source }] of tables.entries()) {
    const keys = route.tables.find(({ source: name }) => name === spec.resources[index]?.source.table)?.keys;
    if (source && keys && keyText(keys) !== keyText(keySchema(source)))
      problems.push({
        at: `resources[${index}].source.table`,
        problem: 'the route names other keys',
        value: keyText(keys),
        allowed: keyText(keySchema(source)),
        change: `retire the route and create it anew: ${create}`,
      });
  }
  return problems;
}
