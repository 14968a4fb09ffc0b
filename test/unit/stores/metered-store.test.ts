import {
  ProvisionedThroughputExceededException,
  RequestLimitExceeded,
  ThrottlingException,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Item } from '../../../shared/model.ts';
import { dynamoDBStore } from '../../../shared/stores/dynamodb.ts';
import { statementThrottling, throttlingOf } from '../../../shared/stores/dynamodb-throttling.ts';
import type { CellWrite, Store } from '../../../shared/stores/store.ts';
import { Books } from '../../contract/books.ts';
import type { Faults } from '../../simulation/world/faults.ts';
import { World } from '../../simulation/world/world.ts';

const $metadata = {};
const WHOLE = { segment: 0, segments: 1 };

/** Items of so many bytes. */
const items = (count: number, bytes: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: { S: `k${String(index).padStart(3, '0')}` },
    v: { S: 'x'.repeat(bytes - 7) },
  }));

function onStore(
  work: (store: Store, books: Books, world: World) => Promise<void>,
  { holds = items(0, 0), faults = {} }: { holds?: ReturnType<typeof items>; faults?: Faults } = {},
): Promise<void> {
  const world = new World({ seed: 1, faults, limits: { pageItems: 1_000, pageBytes: 1_000_000 } });
  world.createTable({ name: 't', partitionKey: { name: 'id', type: 'S' }, items: holds });
  return world.run(async (task) => {
    const books = new Books();
    const props = {
      client: world.client(task),
      runtime: task.runtime,
      table: 't',
      keyNames: ['id'],
      reserved: 'r',
    };
    await work(dynamoDBStore({ ...props, meter: books }), books, world);
  });
}

describe('a store with a meter', () => {
  it('asks for the largest page, and corrects it by the bytes that came', () =>
    onStore(
      async (store, books) => {
        const { count } = await store.scan(WHOLE, undefined);
        expect(books.asked.read).toBe(256);
        expect(books.units.read).toBe(Math.ceil((count * 1_000) / 4_096));
        // The next page is measured by it.
        const most = Math.floor((10 * count) / books.units.read);
        books.share = { read: 10 };
        expect((await store.scan(WHOLE, undefined)).count).toBeLessThanOrEqual(most);
        expect(books.asked.read).toBe(256);
      },
      { holds: items(100, 1_000) },
    ));

  it('reads no more items at once than it is told', () =>
    onStore(
      async (store, books) => {
        books.share = { write: 8 };
        const page = await store.scan(WHOLE, undefined);
        expect(page.count).toBeLessThanOrEqual(1);
        expect(page.next).toBeDefined();
        // One of the largest items that there are.
        expect(books.asked.read).toBe(100);
        expect((await store.scan(WHOLE, page.next)).count).toBeLessThanOrEqual(2);
        expect(books.asked.read).toBe(200);
      },
      { holds: items(100, 100) },
    ));

  it('asks for each item that it writes by its size, whether one stands there or not', () =>
    onStore(async (store, books) => {
      const page = { count: 60, bytes: 0, items: () => items(60, 1_500) };
      await store.insertAbsent(page);
      expect(books.units.write).toBe(120);
      expect(books.asked.write).toBe(50);
      await store.insertAbsent(page);
      expect(books.units.write).toBe(240);
    }));

  it('asks for keys as for the items it has seen, and corrects it', () =>
    onStore(
      async (store, books) => {
        await store.scan(WHOLE, undefined);
        const before = books.units.read;
        await store.read([{ id: { S: 'k000' } }, { id: { S: 'k001' } }, { id: { S: 'absent' } }]);
        expect(books.units.read - before).toBe(2 * 3 + 1);
      },
      { holds: items(10, 10_000) },
    ));

  it('asks for a repair by the larger of what stands and what is written', () =>
    onStore(async (store, books) => {
      const [small, large] = [items(1, 100)[0] as Item, items(1, 5_000)[0] as Item];
      const key = { id: { S: 'k000' } };
      const when = (item?: Item): CellWrite['when'] => ({
        kind: 'unchanged',
        seen: item ? { kind: 'item', item } : { kind: 'absent' },
      });
      await store.write({ key, item: small, when: when() });
      expect(books.units.write).toBe(1);
      await store.write({ key, item: large, when: when(small) });
      expect(books.units.write).toBe(6);
      await store.write({ key, item: small, when: when(large) });
      expect(books.units.write).toBe(11);
    }));

  it('tries again what was throttled, and tells of it', () =>
    onStore(
      async (store, books) => {
        for (let count = 0; count < 20; count++) await store.scan(WHOLE, undefined);
        expect(books.throttlings.length).toBeGreaterThan(0);
        expect(books.throttlings[0]).toMatchObject({ kind: 'read', scope: 'table' });
        expect(books.backOffs).toHaveLength(books.throttlings.length);
      },
      { holds: items(10, 100), faults: { throttled: 0.8 } },
    ));

  it('tells of statements that were throttled within an answer that is a success', () =>
    onStore(
      async (store, books) => {
        const report = await store.insertAbsent({ count: 100, bytes: 0, items: () => items(100, 100) });
        expect(report.inserted + report.existing).toBe(100);
        expect(books.throttlings.length).toBeGreaterThan(0);
        expect(new Set(books.throttlings.map(({ kind }) => kind))).toEqual(new Set(['write']));
      },
      { faults: { statementFailed: 0.5 } },
    ));
});

describe('the reason of throttling', () => {
  const reasons = (reason: string) => [{ reason, resource: 'arn:aws:dynamodb:::table/t' }];
  const provisioned = (reason?: string) =>
    new ProvisionedThroughputExceededException({
      message: 'm',
      $metadata,
      ...(reason ? { ThrottlingReasons: reasons(reason) } : {}),
    });

  it.each([
    [provisioned('TableWriteKeyRangeThroughputExceeded'), 'key range'],
    [provisioned('IndexWriteKeyRangeThroughputExceeded'), 'key range'],
    [provisioned('TableWriteProvisionedThroughputExceeded'), 'table'],
    [provisioned('TableWriteMaxOnDemandThroughputExceeded'), 'table'],
    [provisioned('TableWriteAccountLimitExceeded'), 'account'],
    [provisioned(), 'table'],
    [new RequestLimitExceeded({ message: 'm', $metadata }), 'account'],
    [
      new ThrottlingException({
        message: 'm',
        $metadata,
        throttlingReasons: reasons('TableReadKeyRangeThroughputExceeded'),
      }),
      'key range',
    ],
  ])('of %s is told by AWS, or taken for the table', (error, scope) => {
    expect(throttlingOf(error, 'write')).toEqual({ kind: 'write', scope });
    expect(throttlingOf(error, 'read')).toMatchObject({ kind: 'read' });
  });

  it('is not looked for in other errors', () => {
    expect(throttlingOf(new Error('TableReadKeyRangeThroughputExceeded'), 'read')).toBeUndefined();
  });

  it.each([
    [{ Code: 'ThrottlingError', Message: 'TableWriteKeyRangeThroughputExceeded' }, 'key range'],
    [{ Code: 'ProvisionedThroughputExceeded', Message: 'm' }, 'table'],
    [{ Code: 'RequestLimitExceeded' }, 'account'],
  ] as const)('of the statement %j', (error, scope) => {
    expect(statementThrottling([{}, { Error: error }])).toEqual({ kind: 'write', scope });
  });

  it('is not looked for in statements that failed otherwise', () => {
    expect(statementThrottling([{}, { Error: { Code: 'DuplicateItem' } }])).toBeUndefined();
  });
});
