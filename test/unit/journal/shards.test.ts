import { expect, it } from 'vitest';
import { type Bench, onBench } from '../engine/bench.ts';

const STREAM = 'stream';
const position = (sequence: string, readAt: number) => ({
  shard: 'shard',
  sequence,
  ended: false,
  endedBefore: false,
  readAt,
  spent: false,
});
const read = (bench: Bench) => bench.journal().shards.read(STREAM);

it('keeps the position of the last round, of each shard', () =>
  onBench(async (bench) => {
    const { shards } = bench.journal();
    await shards.write(STREAM, [position('1', 10), { ...position('7', 10), shard: 'other' }]);
    await shards.write(STREAM, [position('2', 20)]);
    expect([...(await read(bench)).values()].map(({ shard, sequence }) => [shard, sequence])).toEqual([
      ['other', '7'],
      ['shard', '2'],
    ]);
  }));

it('takes nothing that an earlier round notes late', () =>
  onBench(async (bench) => {
    const { shards } = bench.journal();
    await shards.write(STREAM, [position('2', 20)]);
    await shards.write(STREAM, [position('1', 10)]);
    expect((await read(bench)).get('shard')).toMatchObject({ sequence: '2', readAt: 20 });
  }));

it('forgets a spent position', () =>
  onBench(async (bench) => {
    const { shards } = bench.journal();
    await shards.write(STREAM, [position('2', 20)]);
    await shards.write(STREAM, [{ ...position('2', 30), spent: true }]);
    expect((await read(bench)).size).toBe(0);
  }));
