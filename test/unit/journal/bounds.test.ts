import { expect, it } from 'vitest';
import { boundsId } from '../../../shared/bounds-id.ts';
import { PermanentError } from '../../../shared/errors.ts';
import { onBench } from '../engine/bench.ts';

/** More than one record of the journal can hold, each as long as a key may be. */
const LONG = Array.from({ length: 1_000 }, (_, index) => String(index).padStart(4, '0').padEnd(512, 'ä'));

it('come back as they were written, however many and long they are', () =>
  onBench(async (bench) => {
    const { bounds } = bench.journal();
    await bounds.write(LONG);
    expect(await bounds.read(boundsId(LONG), LONG.length)).toEqual(LONG);
  }));

it('may be none: then there is one unit', () =>
  onBench(async (bench) => {
    expect(await bench.journal().bounds.read(boundsId([]), 0)).toEqual([]);
  }));

it('stay those of their plan, whatever another one writes', () =>
  onBench(async (bench) => {
    const { bounds } = bench.journal();
    await bounds.write(['a', 'b']);
    await bounds.write(['a', 'c']);
    expect(await bounds.read(boundsId(['a', 'b']), 2)).toEqual(['a', 'b']);
  }));

it('are not relied on where some are missing', () =>
  onBench(async (bench) => {
    const { bounds } = bench.journal();
    const id = boundsId(LONG);
    await bounds.write(LONG);
    bench.world.table('journal').remove({ pk: { S: `bounds#m#${id}` }, sk: { S: '0001' } });
    await expect(bounds.read(id, LONG.length)).rejects.toThrow(PermanentError);
  }));
