import { expect, it, vi } from 'vitest';
import type { Side } from '../../../shared/direction.ts';
import { applyChanges } from '../../../shared/engine/apply.ts';
import type { Change, Item } from '../../../shared/model.ts';
import { itemOfBytes, MOST_ITEM_BYTES } from '../../contract/items.ts';
import { losingConnection } from '../../contract/lossy-client.ts';
import { type Bench, onBench } from './bench.ts';
import {
  cell,
  change,
  item,
  keyOf,
  putOf,
  removalOf,
  SECOND,
  tombstone,
  version,
  versionIn,
} from './cells.ts';

const apply = (bench: Bench, ...changes: Change[]) => applyOf(bench, 'source', ...changes);
const applyOf = (bench: Bench, side: Side, ...changes: Change[]) =>
  applyChanges(bench.migration(), bench.resource(), side, changes);

it('an older change never overwrites a newer one', () =>
  onBench(async (bench) => {
    await apply(bench, putOf('a', 2, 'new'));
    await apply(bench, putOf('a', 1, 'old'));
    expect(bench.target.get(keyOf('a'))).toEqual(cell(item('a', 'new'), version(2)));
  }));

it('an older change never overwrites a newer one with more digits', () =>
  onBench(async (bench) => {
    await apply(bench, putOf('a', 10, 'new'));
    await apply(bench, putOf('a', 9, 'old'));
    expect(bench.target.get(keyOf('a'))).toEqual(cell(item('a', 'new'), version(10)));
  }));

it('a batch that is delivered again brings nothing back', () =>
  onBench(async (bench) => {
    const batch = [putOf('a', 1, 'one'), putOf('b', 2, 'two')];
    await apply(bench, ...batch);
    await apply(bench, removalOf('a', 3), putOf('b', 4, 'newer'));
    await apply(bench, ...batch);
    expect(bench.target.get(keyOf('a'))).toEqual(tombstone('a', 3));
    expect(bench.target.get(keyOf('b'))).toEqual(cell(item('b', 'newer'), version(4)));
  }));

it('a removal that is delivered again does not undo a repair of the same sequence number', () =>
  onBench(
    async (bench) => {
      await apply(bench, removalOf('a', 2));
      expect(bench.target.get(keyOf('a'))).toEqual(cell(item('a', 'repaired'), version(2)));
    },
    { target: [cell(item('a', 'repaired'), version(2))] },
  ));

it('a change overwrites a copied item', () =>
  onBench(
    async (bench) => {
      await apply(bench, putOf('a', 1, 'changed'));
      expect(bench.target.get(keyOf('a'))).toEqual(cell(item('a', 'changed'), version(1)));
    },
    { target: [item('a', 'copied')] },
  ));

it('a removal leaves a tombstone and lists its key, even where nothing was', () =>
  onBench(async (bench) => {
    await apply(bench, removalOf('a', 1));
    expect(bench.target.get(keyOf('a'))).toEqual(tombstone('a', 1));
    expect(await bench.journal().lists.all('tombstone')).toEqual([
      { resource: 0, key: keyOf('a'), version: version(1, 'tombstone') },
    ]);
  }));

it('a removal is listed before its tombstone stands', () =>
  onBench(async (bench) => {
    let listed: string[] = [];
    const resource = bench.resource();
    const write: typeof resource.target.write = async (cellWrite) => {
      listed = await bench.listed('tombstone');
      return resource.target.write(cellWrite);
    };
    const hooked = { ...resource, target: { ...resource.target, write } };
    await applyChanges(bench.migration(), hooked, 'source', [removalOf('a', 1)]);
    expect(listed).toEqual(['a']);
  }));

it('of several changes of one key in a batch only the last is written', () =>
  onBench(async (bench) => {
    await apply(bench, putOf('a', 1, 'first'), putOf('a', 3, 'last'), putOf('a', 2, 'second'));
    expect(bench.target.get(keyOf('a'))).toEqual(cell(item('a', 'last'), version(3)));
    expect(await bench.journal().activity.totals()).toMatchObject({ records: 3, written: 1, skipped: 2 });
  }));

it('a change without a difference in content is skipped', () =>
  onBench(async (bench) => {
    const [before, after]: [Item, Item] = [
      { ...keyOf('a'), set: { SS: ['x', 'y'] } },
      { set: { SS: ['y', 'x'] }, ...keyOf('a') },
    ];
    await apply(bench, change('a', 1, { before, after }));
    expect(bench.target.items()).toEqual([]);
    expect(await bench.journal().activity.totals()).toMatchObject({ skipped: 1, written: 0 });
  }));

it('a record at the floor is never applied from its image: its key is listed for recheck', () =>
  onBench(async (bench) => {
    await bench.journal().gate.publishFloor(SECOND);
    await apply(bench, putOf('a', 1, 'spent', SECOND), putOf('b', 2, 'applied', SECOND + 1));
    expect(bench.target.items()).toEqual([cell(item('b', 'applied'), version(2, 'item', SECOND + 1))]);
    expect(await bench.listed('recheck')).toEqual(['a']);
  }));

it('a refused record that was created in a later second than the cell goes to quarantine', () =>
  onBench(
    async (bench) => {
      await apply(bench, putOf('a', 1, 'later', SECOND + 1), putOf('b', 1, 'as old', SECOND));
      expect(await bench.listed('quarantine')).toEqual(['a']);
      expect(bench.target.get(keyOf('a'))).toEqual(cell(item('a', 'stands'), version(5)));
    },
    { target: [cell(item('a', 'stands'), version(5)), cell(item('b', 'stands'), version(5))] },
  ));

it('an item that only the reserved attribute makes too large is listed as oversize', () =>
  onBench(async (bench) => {
    const large = itemOfBytes('big', MOST_ITEM_BYTES - 1);
    await apply(bench, change('big', 1, { after: large }), putOf('a', 2, 'small'));
    expect(await bench.listed('oversize')).toEqual(['big']);
    expect(await bench.listed('quarantine')).toEqual([]);
    expect(bench.target.get(keyOf('a'))).toEqual(cell(item('a', 'small'), version(2)));
  }));

it("an item that can't be written is quarantined with its reason, and the others are applied", () =>
  onBench(async (bench) => {
    const bad = { ...keyOf('bad'), empty: { SS: [] } };
    await apply(bench, change('bad', 1, { after: bad }), putOf('a', 2, 'good'));
    const [entry] = await bench.journal().lists.all('quarantine');
    expect(entry).toMatchObject({
      key: keyOf('bad'),
      version: version(1),
      reason: expect.stringMatching(/empty/),
    });
    expect(bench.target.get(keyOf('a'))).toEqual(cell(item('a', 'good'), version(2)));
  }));

it('an item of its key alone is an item, not a tombstone', () =>
  onBench(async (bench) => {
    await apply(bench, change('a', 1, { after: keyOf('a') }));
    expect(await bench.resource().target.read([keyOf('a')])).toEqual([
      { kind: 'item', item: keyOf('a'), version: version(1) },
    ]);
    expect(await bench.listed('tombstone')).toEqual([]);
  }));

it('while the direction is closed a batch is refused, and comes again', () =>
  onBench(async (bench) => {
    await bench.journal().gate.move(false, 1);
    await expect(apply(bench, putOf('a', 1, 'late'))).rejects.toThrow('the direction is closed');
    expect(bench.target.items()).toEqual([]);
  }));

it.each([
  { when: 'another direction has begun', end: (bench: Bench) => bench.begin(2) },
  { when: 'the migration has ended', end: (bench: Bench) => bench.begin(1, { open: false, sealed: true }) },
])('a batch that comes to its permit when $when is acknowledged without a write', ({ end }) =>
  onBench(async (bench) => {
    const [migration, resource] = [bench.migration(), bench.resource()];
    end(bench);
    await applyChanges(migration, resource, 'source', [putOf('a', 1, 'late')]);
    expect(bench.target.items()).toEqual([]);
  }),
);

it.each([
  { epoch: 1, passive: 'target' },
  { epoch: 2, passive: 'source' },
] as const)('in direction $epoch the records of the $passive are acknowledged without a write', (of) =>
  onBench(async (bench) => {
    bench.begin(of.epoch);
    await applyOf(bench, of.passive, putOf('a', 1, 'of the migrator'));
    expect([bench.source.items(), bench.target.items()]).toEqual([[], []]);
  }),
);

it('in the reverse direction the records of the target are applied to the source', () =>
  onBench(
    async (bench) => {
      bench.begin(2);
      await applyOf(bench, 'target', putOf('a', 1, 'one'), removalOf('b', 2));
      const [written, removed] = [versionIn(2, 1), versionIn(2, 2, 'tombstone')];
      expect(bench.source.get(keyOf('a'))).toEqual(cell(item('a', 'one'), written));
      expect(bench.source.get(keyOf('b'))).toEqual(cell(keyOf('b'), removed));
    },
    { source: [item('b', 'before')] },
  ));

it('a record of a later direction overwrites one of an earlier one, whatever its sequence number', () =>
  onBench(
    async (bench) => {
      bench.begin(3);
      await apply(bench, putOf('a', 1, 'later'));
      expect(bench.target.get(keyOf('a'))).toEqual(cell(item('a', 'later'), versionIn(3, 1)));
    },
    { target: [cell(item('a', 'earlier'), version(9))] },
  ));

it('a record from before the announcement that led to the direction is skipped', () =>
  onBench(async (bench) => {
    bench.begin(2, { since: SECOND });
    await applyOf(bench, 'target', putOf('a', 1, 'copied', SECOND - 1), putOf('b', 2, 'written', SECOND));
    expect(bench.source.items().map(({ id }) => id?.S)).toEqual(['b']);
    expect(await bench.listed('recheck')).toEqual([]);
    expect(await bench.journal().activity.totals()).toMatchObject({ skipped: 1, written: 1 });
  }));

it('a record from between the announcement and the floor of the switch is listed for recheck', () =>
  onBench(async (bench) => {
    bench.begin(2, { since: SECOND, floor: SECOND + 2 });
    await applyOf(bench, 'target', putOf('a', 1, 'x', SECOND + 2), putOf('b', 2, 'y', SECOND + 3));
    expect(bench.source.items().map(({ id }) => id?.S)).toEqual(['b']);
    expect(await bench.listed('recheck')).toEqual(['a']);
  }));

it('a permit is given back when every outcome is known', () =>
  onBench(async (bench) => {
    await apply(bench, putOf('a', 1, 'one'));
    expect(await bench.journal().gate.permitsOut()).toEqual(new Map());
  }));

it('a permit stays out while the outcome of a write is not known', () =>
  onBench(async (bench) => {
    const { client } = losingConnection(
      {
        client: bench.world.client(bench.task),
        streams: bench.world.streamsClient(bench.task),
        runtime: bench.task.runtime,
      },
      'PutItem',
    );
    const resource = bench.resource({ client });
    await expect(applyChanges(bench.migration(), resource, 'source', [putOf('a', 1, 'one')])).rejects.toThrow(
      'socket',
    );
    expect([...(await bench.journal().gate.permitsOut()).values()]).toEqual(['apply']);
  }));

it('a batch does not come again because it could not be counted', () =>
  onBench(async (bench) => {
    const migration = bench.migration();
    vi.spyOn(migration.journal.activity, 'add').mockRejectedValue(new Error('slow down'));
    await applyChanges(migration, bench.resource(), 'source', [putOf('a', 1, 'one')]);
    expect(bench.target.get(keyOf('a'))).toEqual(cell(item('a', 'one'), version(1)));
  }));

/** The first writes are throttled. */
function throttled(bench: Bench, times: number) {
  const resource = bench.resource();
  let left = times;
  const write: typeof resource.target.write = async (cellWrite) => {
    if (left-- > 0)
      throw Object.assign(new Error('slow down'), { name: 'ProvisionedThroughputExceededException' });
    return resource.target.write(cellWrite);
  };
  return { ...resource, target: { ...resource.target, write } };
}

it('a throttled write is tried again inside the invocation', () =>
  onBench(async (bench) => {
    await applyChanges(bench.migration(), throttled(bench, 5), 'source', [putOf('a', 1, 'one')]);
    expect(bench.target.get(keyOf('a'))).toEqual(cell(item('a', 'one'), version(1)));
  }));

it('near the end of its invocation a throttled batch throws and comes again', () =>
  onBench(async (bench) => {
    const migration = bench.migration({ handoverAt: bench.now });
    await expect(
      applyChanges(migration, throttled(bench, 5), 'source', [putOf('a', 1, 'one')]),
    ).rejects.toThrow('slow down');
  }));

it('nothing is written under a permit that is over', () =>
  onBench(async (bench) => {
    const migration = bench.migration({ deadline: bench.now });
    await expect(applyChanges(migration, bench.resource(), 'source', [putOf('a', 1, 'one')])).rejects.toThrow(
      'the permit is over',
    );
    expect(bench.target.items()).toEqual([]);
  }));
