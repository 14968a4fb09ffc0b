import { expect, it } from 'vitest';
import { withFeeds } from '../../../shared/engine/feeds.ts';
import { captureId } from '../../../shared/engine/prepare.ts';
import { PermanentError } from '../../../shared/errors.ts';
import { type Bench, onBench } from './bench.ts';
import { scriptedFeed } from './feeds.ts';

/** The streams of the active and of the passive side, with each side captured that is named. */
async function streams(bench: Bench, ...captured: ('source' | 'target')[]) {
  for (const side of captured)
    await bench.journal().noteFact(captureId(0, side), { stream: `stream of the ${side}` });
  const { feeds, passiveFeeds } = await withFeeds(bench.migration(), () => scriptedFeed().feed);
  return [feeds, passiveFeeds].map((all) => all.map((feed) => feed?.stream));
}

it.each([
  { epoch: 1, active: 'source', passive: 'target' },
  { epoch: 2, active: 'target', passive: 'source' },
  { epoch: 3, active: 'source', passive: 'target' },
])('in direction $epoch the auditor reads the $active as the active side', ({ epoch, active, passive }) =>
  onBench(async (bench) => {
    bench.begin(epoch);
    expect(await streams(bench, 'source', 'target')).toEqual([
      [`stream of the ${active}`],
      [`stream of the ${passive}`],
    ]);
  }),
);

it('has no feed of a passive side that is not captured', () =>
  onBench(async (bench) => {
    expect(await streams(bench, 'source')).toEqual([['stream of the source'], [undefined]]);
  }));

it('stops for good who would read an active side that is not captured', () =>
  onBench(async (bench) => {
    bench.begin(2);
    const { feeds } = await withFeeds(bench.migration(), () => scriptedFeed().feed);
    expect(() => feeds[0]?.feed.shards()).toThrow(PermanentError);
  }));
