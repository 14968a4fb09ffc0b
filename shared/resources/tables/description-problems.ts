import type { TableDescription } from '@aws-sdk/client-dynamodb';
import type { Problem } from '../../errors.ts';
import type { SpecTable } from '../../spec.ts';
import type { Store } from '../../stores/store.ts';
import type { Expiry } from '../resource-kind.ts';
import { keySchema, keyText } from './table-description.ts';
import { setTimeToLive } from './user-commands.ts';

export function elsewhereProblems(
  { account, region }: { readonly account: string; readonly region: string },
  at: string,
  location: SpecTable['source'],
): Problem[] {
  const problems: Problem[] = [];
  if (location.account !== undefined && location.account !== account)
    problems.push({
      at: `${at}.account`,
      problem: 'tables of other accounts are not supported yet',
      value: location.account,
      allowed: account,
      change: 'deploy the stack in the account of the tables',
    });
  if (location.region !== undefined && location.region !== region)
    problems.push({
      at: `${at}.region`,
      problem: 'tables of other Regions are not supported yet',
      value: location.region,
      allowed: region,
      change:
        'deploy the stack in the Region of the tables; between Regions, DynamoDB global tables fit better',
    });
  if (location.role !== undefined)
    problems.push({
      at: `${at}.role`,
      problem: 'roles are not supported yet',
      value: location.role,
      allowed: "none: each worker's own role is used",
      change: 'remove it',
    });
  return problems;
}

export function stateProblems(at: string, table: TableDescription): Problem[] {
  const problems: Problem[] = [];
  if (!['ACTIVE', 'UPDATING'].includes(table.TableStatus ?? ''))
    problems.push({
      at,
      problem: 'the table is not active',
      value: table.TableStatus ?? 'unknown',
      allowed: 'ACTIVE',
      change: 'wait until it is',
    });
  if (table.GlobalTableVersion || (table.Replicas?.length ?? 0) > 0)
    problems.push({
      at,
      problem: 'global tables are not supported',
      value: table.TableName ?? '',
      allowed: 'a table of one Region',
      change: 'remove the replicas: those in other Regions would go on taking writes',
    });
  return problems;
}

export function viewTypeProblems(at: string, { StreamSpecification }: TableDescription): Problem[] {
  const type = StreamSpecification?.StreamViewType;
  if (!StreamSpecification?.StreamEnabled || type === 'NEW_AND_OLD_IMAGES') return [];
  return [
    {
      at,
      problem: "the table's stream has the wrong view type",
      value: type ?? 'unknown',
      allowed: 'NEW_AND_OLD_IMAGES, or no stream',
      change:
        'disable the stream and enable it anew (a new stream: its readers must be moved), which is yours to decide; a target needs none with cutover.wayBack false',
    },
  ];
}

export function keyProblems(at: string, source: TableDescription, target: TableDescription): Problem[] {
  const [ours, theirs] = [keyText(keySchema(source)), keyText(keySchema(target))];
  return ours === theirs
    ? []
    : [
        {
          at,
          problem: "the target's keys are not the source's",
          value: theirs,
          allowed: ours,
          change: 'create the target with the same keys',
        },
      ];
}

/** What expires on the target while it is being made equal to the source is missing there at the switch. */
export function timeToLiveProblems(at: string, target: string, { on, attribute }: Expiry): Problem[] {
  if (!on) return [];
  return [
    {
      at,
      problem: 'time to live is enabled on the target',
      value: attribute || 'ENABLED',
      allowed: 'disabled until the migration is complete',
      change: `disable it (${setTimeToLive(target, attribute, false)}; once an hour at most, and it takes up to an hour), and enable it again when the migration is complete`,
    },
  ];
}

export async function itemProblems(
  storeOf: (table: string, keyNames: readonly string[], reserved: string) => Store,
  at: string,
  table: TableDescription,
  { reserved, mustBeEmpty }: { readonly reserved: string; readonly mustBeEmpty: boolean },
): Promise<Problem[]> {
  const names = keySchema(table).map(({ name }) => name);
  const store = storeOf(table.TableName ?? '', names, reserved);
  const whole = { segment: 0, segments: 1 };
  const { cells } = await store.scanVersions(whole, undefined);
  if (cells.length > 0)
    return [
      {
        at,
        problem: 'items carry the reserved attribute already',
        value: reserved,
        allowed: 'an attribute that no item has',
        change: 'choose another name for the migration, or remove the attribute',
      },
    ];
  if (!mustBeEmpty || (await store.scan(whole, undefined)).count === 0) return [];
  return [
    {
      at,
      problem: 'the target is not empty',
      value: table.TableName ?? '',
      allowed: 'an empty table',
      change: 'empty it, or set existingItems to "replace" (what only the target holds is removed then)',
    },
  ];
}
