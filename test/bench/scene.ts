import type { Item } from '../../shared/model.ts';
import { ROUTE_PROTOCOL, type Route, type RouteState } from '../../shared/route.ts';
import { reservedAttribute } from '../../shared/version.ts';

/** What the benches move: a table, its target, and a route for each state that they look at, with its times of a copy. */
export const SOURCE = 'cities';
export const TARGET = 'cities-v2';
export const OTHER_TABLE = 'countries';
export const ROUTE_TABLE = 'routes';
export const RESERVED = reservedAttribute('bench');

export const ROUTES = { 'at-source': route('source'), 'at-target': route('target') } as const;

/** An item of about 1 KB as it is found in many tables: texts, numbers, a list, a map. */
export const CITY_ITEM: Item = {
  id: { S: 'city#0000000001' },
  ...Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [
      `attribute${index}`,
      { S: `value ${index} of this city ${'x'.repeat(24)}` },
    ]),
  ),
  population: { N: '1234567' },
  loc: { M: { lat: { N: '52.37403' }, lon: { N: '4.88969' } } },
  names: { L: ['Amsterdam', 'Amsterdão', 'アムステルダム'].map((S) => ({ S })) },
};

function route(state: RouteState): Route {
  return {
    state,
    active: state === 'target' ? 'target' : 'source',
    revision: 1,
    protocol: ROUTE_PROTOCOL,
    tables: [{ source: SOURCE, target: TARGET, keys: [{ name: 'id', type: 'S' }] }],
    reserved: RESERVED,
    cacheMilliseconds: 5_000,
    attemptMilliseconds: 5_000,
    settledAt: 0,
  };
}
