import { bucketPairsText } from '../../shared/object-places.ts';
import { isoTime, millisecondsText, utcText } from '../../shared/report/format.ts';
import { keyText } from '../../shared/resources/tables/table-description.ts';
import type { Route, RouterReport, RouteState } from '../../shared/route.ts';
import type { Paint } from './terminal.ts';

const LABEL_WIDTH = 13;

const MEANING: Readonly<Record<RouteState, string>> = {
  source: 'requests go to the source',
  announced: 'requests go to the source; a cutover is announced',
  fenced: 'writes are held until the cutover is made or given up',
  target: 'requests go to the target',
};

interface ViewProps {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly paint: Paint;
}

/** A route and its routers, for a person. */
export function routeLines(
  route: Route,
  routers: readonly RouterReport[],
  { now, paint }: ViewProps,
): string[] {
  const entry = (label: string, texts: readonly string[]) =>
    texts.map((text, index) => `${paint('dim', (index === 0 ? label : '').padEnd(LABEL_WIDTH))}${text}`);
  const at = (label: string, time: number | undefined) =>
    time === undefined ? [] : entry(label, [`${utcText(isoTime(time))} UTC`]);
  const ready = routers.filter((router) => router.ready).length;
  return [
    ...entry('State', [`${paint('cyan', route.state)}: ${MEANING[route.state]}`]),
    ...entry('Revision', [`${route.revision} (protocol ${route.protocol})`]),
    ...entry(
      'Tables',
      route.tables.map(({ source, target, keys }) => `${source} → ${target}, keys ${keyText(keys)}`),
    ),
    ...entry(
      'Buckets',
      (route.buckets ?? []).map((bucket) => bucketPairsText([bucket])),
    ),
    ...(route.hinted ? entry('Hints', ['routers note the keys of what they write to buckets']) : []),
    ...entry('Cache time', [
      `${millisecondsText(route.cacheMilliseconds)}, an attempt at most ${millisecondsText(route.attemptMilliseconds)}`,
    ]),
    ...(route.settledAt > now ? at('Settled at', route.settledAt) : []),
    ...at('Fence at', route.fenceAt),
    ...at('Deadline', route.deadline),
    ...entry('Routers', [routers.length === 0 ? 'none live' : `${routers.length} live, ${ready} ready`]),
    ...routers.map((router) => {
      const mark = router.ready ? paint('green', '✔') : paint('yellow', '✖');
      const seen = `heard of ${millisecondsText(Math.max(0, now - router.at))} ago`;
      return `  ${mark} ${router.id}${router.service ? ` (${router.service})` : ''}  ${seen}${router.ready ? '' : `: ${router.reason ?? 'not ready'}`}`;
    }),
  ];
}
