import type { TableDescription } from '@aws-sdk/client-dynamodb';
import type { Traffic } from '../../monitoring.ts';
import { type Bound, boundOf, KINDS, type Rates } from './throughput.ts';
import { setThroughput } from './user-commands.ts';

/** A table of a target, or one of its indexes, and what it is going to take over from its source. */
export interface Load {
  readonly table: string;
  readonly index?: string | undefined;
  readonly write: Demand;
  readonly read: Demand;
}

/** Units a second. */
interface Demand {
  /** Most that the source was measured to take; absent where nothing was measured. */
  readonly measured?: number;
  /** What is demanded of the target. */
  readonly needed?: number;
  /** What the target takes; absent where AWS does not tell it. */
  readonly bound?: Bound;
}

interface LoadProps {
  readonly source: TableDescription;
  readonly target: TableDescription;
  /** @default the table itself */
  readonly index?: string | undefined;
  readonly traffic: Traffic;
}

export function loadOf({ source, target, index, traffic }: LoadProps): Load {
  const demand = (kind: keyof Rates): Demand => {
    const bound = boundOf(target, index, kind);
    const known = bound ? { bound } : {};
    if (traffic[kind] === undefined) return known;
    const measured = Math.ceil(traffic[kind]);
    // A source takes more than its provisioned capacity for a while: as much as it has is enough for the target, too.
    const had = boundOf(source, index, kind)?.unitsPerSecond ?? measured;
    return { ...known, measured, needed: Math.min(measured, had) };
  };
  return { table: target.TableName ?? '', index, write: demand('write'), read: demand('read') };
}

/** What a load lacks, with what would give it; undefined where nothing is known to lack. */
export function shortage(load: Load): string | undefined {
  const short = KINDS.filter((kind) => isShort(load[kind]));
  if (short.length === 0) return undefined;
  const settings = new Set(short.flatMap((kind) => load[kind].bound?.setting ?? []));
  const commands = [...settings].map((setting) => {
    const values = KINDS.flatMap((kind) => {
      const { bound, needed = 0 } = load[kind];
      return bound?.setting === setting ? [[setting[kind], Math.max(bound.unitsPerSecond, needed)]] : [];
    });
    return setThroughput(load, setting, Object.fromEntries(values));
  });
  return `${loadText(load, short)}; raise it: ${commands.join(' and ')}`;
}

/** What a target takes, next to what was measured at its source. */
export function loadText(load: Load, kinds: readonly (keyof Rates)[] = KINDS): string {
  const { table, index } = load;
  const place = index === undefined ? table : `index ${index} of ${table}`;
  return `${place}: ${kinds.map((kind) => `${kind} ${demandText(load[kind])}`).join('; ')}`;
}

function isShort({ bound, needed }: Demand): boolean {
  return bound !== undefined && needed !== undefined && bound.unitsPerSecond < needed;
}

function demandText({ bound, measured }: Demand): string {
  const takes = bound ? `${bound.unitsPerSecond}/s (${bound.setting.title})` : 'throughput not known';
  return `${takes}, source ${measured === undefined ? 'not measured' : `up to ${measured}/s`}`;
}
