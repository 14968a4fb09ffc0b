import type { TableDescription } from '@aws-sdk/client-dynamodb';
import type { Checks } from '../../checks.ts';
import type { Side } from '../../direction.ts';
import type { Problem } from '../../errors.ts';
import type { Route } from '../../route.ts';
import type { SpecTable } from '../../spec.ts';
import type { Store } from '../../stores/store.ts';
import { reservedAttribute } from '../../version.ts';
import type { LookedFor, ResourceProblems, RouteCheck } from '../resource-kind.ts';
import {
  elsewhereProblems,
  itemProblems,
  keyProblems,
  stateProblems,
  timeToLiveProblems,
  viewTypeProblems,
} from './description-problems.ts';
import { consumerProblems, destinationProblems, readerProblems, unseenReaders } from './stream-consumers.ts';
import type { TableAccount } from './table-account.ts';
import { keySchema, keyText } from './table-description.ts';

interface TableProblemsProps {
  /** Account and Region of the stack. */
  readonly account: string;
  readonly region: string;
  /** Tables that the stack may touch. */
  readonly allowed: { readonly sources: readonly string[]; readonly targets: readonly string[] };
  readonly look: TableAccount;
  /** The function that Segue itself maps to streams. */
  readonly applier: string;
  /** A store of a table, for the look at its first items. */
  readonly storeOf: (table: string, keyNames: readonly string[], reserved: string) => Store;
}

/**
 * What keeps tables from being moved. Of a migration that is known already only what holds all its life is demanded:
 * its target holds items by now, and its source's stream has its own reader.
 */
export class TableProblems implements ResourceProblems {
  readonly #props: TableProblemsProps;

  constructor(props: TableProblemsProps) {
    this.#props = props;
  }

  async look(resource: SpecTable, { index, spec, known }: LookedFor, checks: Checks): Promise<RouteCheck> {
    const props = this.#props;
    const at = (side: Side) => `resources[${index}].${side}`;
    checks.problems.push(...placeProblems(props, at, resource));
    const source = await sourceTable(props, `${at('source')}.table`, resource, known, checks);
    const beside = { known, source, wayBack: spec.cutover.wayBack };
    const target = await targetTable(props, `${at('target')}.table`, resource, beside, checks);
    const reserved = reservedAttribute(spec.name);
    for (const [side, table] of Object.entries({ source, target }) as [
      Side,
      TableDescription | undefined,
    ][]) {
      if (!table || known) continue;
      const mustBeEmpty = side === 'target' && resource.existingItems === 'refuse';
      await checks.run(`items of ${table.TableName}`, () =>
        itemProblems(props.storeOf, `${at(side)}.table`, table, { reserved, mustBeEmpty }),
      );
    }
    return (route, create) =>
      source ? routedKeyProblems(`${at('source')}.table`, source, route, create) : [];
  }
}

function routedKeyProblems(at: string, table: TableDescription, route: Route, create: string): Problem[] {
  const keys = route.tables.find(({ source }) => source === table.TableName)?.keys;
  const allowed = keyText(keySchema(table));
  if (!keys || keyText(keys) === allowed) return [];
  return [
    {
      at,
      problem: 'the route names other keys',
      value: keyText(keys),
      allowed,
      change: `retire the route and create it anew: ${create}`,
    },
  ];
}

/** What can be said of tables by their names alone. */
function placeProblems(
  props: TableProblemsProps,
  at: (side: Side) => string,
  resource: SpecTable,
): Problem[] {
  return (['source', 'target'] as const).flatMap((side) => {
    const { table } = resource[side];
    const allowed = props.allowed[`${side}s`];
    return [
      ...(allowed.includes(table)
        ? []
        : [
            {
              at: `${at(side)}.table`,
              problem: `the stack may not touch this ${side}`,
              value: table,
              allowed: allowed.join(', ') || 'none',
              change: `add it to the ${side}s of the deploy config and deploy again`,
            },
          ]),
      ...elsewhereProblems(props, at(side), resource[side]),
    ];
  });
}

async function sourceTable(
  { look }: TableProblemsProps,
  at: string,
  { source }: SpecTable,
  known: boolean,
  checks: Checks,
): Promise<TableDescription | undefined> {
  let found: TableDescription | undefined;
  await checks.run(`source table ${source.table}`, async () => {
    found = await look.table(source.table);
    return found
      ? [...stateProblems(at, found), ...viewTypeProblems(at, found)]
      : [missing(at, source.table, 'correct the name or the Region')];
  });
  await checks.run(`readers of the stream of ${source.table}`, async () => {
    const stream = streamOf(found);
    return stream === undefined || known ? [] : readerProblems(at, await look.mappings(stream));
  });
  return found;
}

interface Beside {
  readonly known: boolean;
  /** Whether the target's stream is to be read, too. */
  readonly wayBack: boolean;
  readonly source: TableDescription | undefined;
}

async function targetTable(
  { look, applier }: TableProblemsProps,
  at: string,
  { target }: SpecTable,
  { known, source, wayBack }: Beside,
  checks: Checks,
): Promise<TableDescription | undefined> {
  let found: TableDescription | undefined;
  await checks.run(`target table ${target.table}`, async () => {
    found = await look.table(target.table);
    if (found)
      return [
        ...stateProblems(at, found),
        ...(source ? keyProblems(at, source, found) : []),
        ...(wayBack ? viewTypeProblems(at, found) : []),
      ];
    return target.create ? [] : [missing(at, target.table, 'create it, or set target.create to true')];
  });
  if (!found || known) return found;
  await checks.run(`time to live of ${target.table}`, async () =>
    timeToLiveProblems(at, target.table, await look.timeToLive(target.table)),
  );
  const stream = streamOf(found);
  if (stream !== undefined) {
    await checks.run(`consumers of the stream of ${target.table}`, async () => {
      const consumers = (await look.mappings(stream)).filter(({ functionArn }) => functionArn !== applier);
      checks.notes.push(...unseenReaders(target.table, consumers));
      return consumerProblems(at, consumers);
    });
  }
  await checks.run(`Kinesis data streams of ${target.table}`, async () =>
    destinationProblems(at, target.table, await look.destinations(target.table)),
  );
  return found;
}

/** A table's stream, if it is on. */
function streamOf(table: TableDescription | undefined): string | undefined {
  return table?.StreamSpecification?.StreamEnabled ? table.LatestStreamArn : undefined;
}

function missing(at: string, table: string, change: string): Problem {
  return { at, problem: 'there is no such table', value: table, change };
}
