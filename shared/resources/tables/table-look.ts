import type { TableDescription, Tag } from '@aws-sdk/client-dynamodb';
import type { LookUps } from '../../checks.ts';
import type { Expiry } from '../resource-kind.ts';
import type { TableAccount } from './table-account.ts';
import { describeCreated, likeTable } from './table-description.ts';

/** A table with what its description leaves out; undefined where the account refused the look-up. */
export interface TableLook {
  readonly name: string;
  readonly table: TableDescription;
  readonly tags?: readonly Tag[] | undefined;
  readonly timeToLive?: Expiry | undefined;
  /** Days of point-in-time recovery; 0 where it is off. */
  readonly recoveryDays?: number | undefined;
  /** Kinesis data streams that are given its changes. */
  readonly destinations?: readonly string[] | undefined;
}

export async function lookAtTable(
  account: TableAccount,
  lookUps: LookUps,
  table: TableDescription,
): Promise<TableLook> {
  const { TableName: name = '', TableArn: arn = '' } = table;
  return {
    name,
    table,
    tags: await lookUps.ask(`tags of ${name}`, () => account.tags(arn)),
    timeToLive: await lookUps.ask(`time to live of ${name}`, () => account.timeToLive(name)),
    recoveryDays: await lookUps.ask(`point-in-time recovery of ${name}`, () => account.recoveryDays(name)),
    destinations: await lookUps.ask(`Kinesis data streams of ${name}`, () => account.destinations(name)),
  };
}

/** The table that the migration will create like a source. */
export function lookOfCreated({ table, tags = [] }: TableLook, name: string): TableLook {
  return {
    name,
    table: describeCreated(likeTable(table, name, tags)),
    tags,
    timeToLive: { on: false, attribute: '' },
    recoveryDays: 0,
    destinations: [],
  };
}
