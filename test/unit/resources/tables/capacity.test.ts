import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import type { Traffic } from '../../../../shared/monitoring.ts';
import { loadOf, loadText, shortage } from '../../../../shared/resources/tables/capacity.ts';
import { description } from './fake-account.ts';

const PROVISIONED = { BillingModeSummary: { BillingMode: 'PROVISIONED' as const } };
const provisioned = (read: number, write: number) => ({
  ...PROVISIONED,
  ProvisionedThroughput: { ReadCapacityUnits: read, WriteCapacityUnits: write },
});
const warm = (read: number, write: number) => ({
  WarmThroughput: { ReadUnitsPerSecond: read, WriteUnitsPerSecond: write },
});

interface Case {
  readonly source?: Partial<TableDescription>;
  readonly target?: Partial<TableDescription>;
  readonly traffic?: Traffic;
  readonly index?: string;
}

const load = ({ source, target, traffic = { read: 100, write: 50.2 }, index }: Case) =>
  loadOf({ source: description('orders', source), target: description('orders-v2', target), index, traffic });

interface ShortCase extends Case {
  readonly when: string;
  readonly says: string;
}

const SHORT: readonly ShortCase[] = [
  {
    when: 'the warm throughput of an on-demand table is less',
    target: warm(12_000, 40),
    says: 'orders-v2: write 40/s (warm throughput), source up to 51/s; raise it: aws dynamodb update-table --table-name orders-v2 --warm-throughput WriteUnitsPerSecond=51,ReadUnitsPerSecond=12000',
  },
  {
    when: 'both kinds are less',
    target: warm(99, 50),
    says: 'orders-v2: write 50/s (warm throughput), source up to 51/s; read 99/s (warm throughput), source up to 100/s; raise it: aws dynamodb update-table --table-name orders-v2 --warm-throughput WriteUnitsPerSecond=51,ReadUnitsPerSecond=100',
  },
  {
    when: 'the provisioned capacity is less, however warm the table is',
    target: { ...provisioned(500, 5), ...warm(12_000, 4_000) },
    says: 'orders-v2: write 5/s (provisioned capacity), source up to 51/s; raise it: aws dynamodb update-table --table-name orders-v2 --provisioned-throughput WriteCapacityUnits=51,ReadCapacityUnits=500',
  },
  {
    when: 'a maximum is less than the warm throughput, and that too little in another way',
    target: { ...warm(60, 4_000), OnDemandThroughput: { MaxReadRequestUnits: -1, MaxWriteRequestUnits: 20 } },
    says: 'orders-v2: write 20/s (maximum on-demand throughput), source up to 51/s; read 60/s (warm throughput), source up to 100/s; raise it: aws dynamodb update-table --table-name orders-v2 --on-demand-throughput MaxWriteRequestUnits=51 and aws dynamodb update-table --table-name orders-v2 --warm-throughput ReadUnitsPerSecond=100',
  },
  {
    when: 'an index takes less',
    target: { ...warm(12_000, 4_000), GlobalSecondaryIndexes: [{ IndexName: 'by-name', ...warm(100, 10) }] },
    index: 'by-name',
    says: `index by-name of orders-v2: write 10/s (warm throughput), source up to 51/s; raise it: aws dynamodb update-table --table-name orders-v2 --global-secondary-index-updates '[{"Update":{"IndexName":"by-name","WarmThroughput":{"WriteUnitsPerSecond":51,"ReadUnitsPerSecond":100}}}]'`,
  },
];

it.each(SHORT)('is short when $when', ({ says, ...props }) => {
  expect(shortage(load(props))).toBe(says);
});

const ENOUGH: readonly ShortCase[] = [
  {
    when: 'the target takes as much as was measured',
    target: warm(100, 51),
    says: 'orders-v2: write 51/s (warm throughput), source up to 51/s; read 100/s (warm throughput), source up to 100/s',
  },
  {
    when: 'the target has what its source has, which took more than that for a while',
    source: provisioned(500, 5),
    target: provisioned(500, 5),
    says: 'orders-v2: write 5/s (provisioned capacity), source up to 51/s; read 500/s (provisioned capacity), source up to 100/s',
  },
  {
    when: 'AWS does not tell what the target takes',
    target: warm(0, 0),
    says: 'orders-v2: write throughput not known, source up to 51/s; read throughput not known, source up to 100/s',
  },
  {
    when: 'nothing was measured',
    target: warm(1, 1),
    traffic: {},
    says: 'orders-v2: write 1/s (warm throughput), source not measured; read 1/s (warm throughput), source not measured',
  },
];

it.each(ENOUGH)('is not short when $when', ({ says, ...props }) => {
  expect(shortage(load(props))).toBeUndefined();
  expect(loadText(load(props))).toBe(says);
});
