import type { LocalSecondaryIndexDescription, TableDescription } from '@aws-sdk/client-dynamodb';
import type { TableLook } from './table-look.ts';
import { commonIndexes, throughputTexts } from './throughput.ts';
import {
  addTags,
  enableRecovery,
  enableStream,
  protectFromDeletion,
  setDestination,
  setTimeToLive,
} from './user-commands.ts';

/** What a table is like, as text. */
const TRAITS: readonly (readonly [what: string, of: (table: TableDescription) => string])[] = [
  ['billing mode', ({ BillingModeSummary }) => BillingModeSummary?.BillingMode ?? 'PROVISIONED'],
  ['table class', ({ TableClassSummary }) => TableClassSummary?.TableClass ?? 'STANDARD'],
  ['encryption key', ({ SSEDescription }) => SSEDescription?.KMSMasterKeyArn ?? 'owned by AWS'],
  ['global secondary indexes', ({ GlobalSecondaryIndexes }) => indexTexts(GlobalSecondaryIndexes)],
  ['local secondary indexes', ({ LocalSecondaryIndexes }) => indexTexts(LocalSecondaryIndexes)],
  ['vector indexes', ({ VectorIndexes }) => listed(VectorIndexes?.map(({ IndexName = '' }) => IndexName))],
];

/** Where a target is unlike its source, on purpose or not, in words. */
export function tableDifferences(source: TableLook, target: TableLook): string[] {
  return [
    ...TRAITS.map(([what, of]) => ({ what, ours: of(source.table), theirs: of(target.table) })),
    ...throughputs(source.table, target.table),
  ]
    .filter(({ ours, theirs }) => ours !== undefined && theirs !== undefined && ours !== theirs)
    .map(
      ({ what, ours, theirs }) =>
        `${what}: ${ours || 'none'} at ${source.name}, ${theirs || 'none'} at ${target.name}`,
    );
}

const WHEN_COMPLETE = 'when the migration is complete';

/** What the target lacks of its source and does not get with the items: what it is, and what gives it to the target. */
export function leftToDo(source: TableLook, target: TableLook): string[] {
  const lacks = [
    ...timeToLive(source, target),
    ...stream(source, target),
    ...destinations(source, target),
    ...recovery(source, target),
    ...protection(source, target),
    ...tags(source, target),
  ];
  return lacks.map(
    ([what, when, command]) => `${source.name} ${what}, ${target.name} not yet; ${when}: ${command}`,
  );
}

type Lack = readonly [what: string, when: string, command: string];

function timeToLive(source: TableLook, target: TableLook): Lack[] {
  if (!source.timeToLive?.on || !target.timeToLive || target.timeToLive.on) return [];
  const { attribute } = source.timeToLive;
  return [
    [
      `lets items expire (time to live by ${attribute})`,
      WHEN_COMPLETE,
      setTimeToLive(target.name, attribute, true),
    ],
  ];
}

function stream({ table }: TableLook, target: TableLook): Lack[] {
  const { StreamEnabled, StreamViewType = '' } = table.StreamSpecification ?? {};
  if (!StreamEnabled || target.table.StreamSpecification?.StreamEnabled) return [];
  return [['has a stream', `${WHEN_COMPLETE}, if it is read`, enableStream(target.name, StreamViewType)]];
}

function destinations(source: TableLook, target: TableLook): Lack[] {
  if (!target.destinations) return [];
  return (source.destinations ?? [])
    .filter((arn) => !target.destinations?.includes(arn))
    .map((arn) => [`sends its changes to ${arn}`, WHEN_COMPLETE, setDestination(target.name, arn, true)]);
}

function recovery(source: TableLook, target: TableLook): Lack[] {
  const { recoveryDays = 0 } = source;
  if (target.recoveryDays === undefined || target.recoveryDays >= recoveryDays) return [];
  return [
    [
      `has point-in-time recovery for ${recoveryDays} days`,
      'at any time',
      enableRecovery(target.name, recoveryDays),
    ],
  ];
}

function protection(source: TableLook, target: TableLook): Lack[] {
  if (!source.table.DeletionProtectionEnabled || target.table.DeletionProtectionEnabled) return [];
  return [['is protected from deletion', 'at any time', protectFromDeletion(target.name)]];
}

function tags(source: TableLook, target: TableLook): Lack[] {
  if (!target.tags) return [];
  const theirs = new Map(target.tags.map(({ Key, Value }) => [Key, Value]));
  const missing = (source.tags ?? []).filter(({ Key, Value }) => theirs.get(Key) !== Value);
  if (missing.length === 0) return [];
  const texts = missing.map(({ Key, Value }) => `${Key}=${Value}`);
  return [[`has the tags ${texts.join(', ')}`, 'at any time', addTags(target.table.TableArn ?? '', missing)]];
}

/** Of the table and of each index that both sides have. */
function throughputs(source: TableDescription, target: TableDescription) {
  return [undefined, ...commonIndexes(source, target)].flatMap((index) => {
    const theirs = throughputTexts(target, index);
    return throughputTexts(source, index).map(({ what, text }, number) => ({
      what,
      ours: text,
      theirs: theirs[number]?.text,
    }));
  });
}

type Index = Pick<LocalSecondaryIndexDescription, 'IndexName' | 'KeySchema' | 'Projection'>;

function indexTexts(indexes: readonly Index[] | undefined): string {
  return listed(
    indexes?.map(({ IndexName, KeySchema = [], Projection = {} }) => {
      const { ProjectionType = 'ALL', NonKeyAttributes = [] } = Projection;
      const keys = KeySchema.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`);
      const projected = [ProjectionType, ...[...NonKeyAttributes].sort()];
      return `${IndexName} (${keys.join(', ')}; ${projected.join(' ')})`;
    }),
  );
}

function listed(texts: readonly string[] = []): string {
  return [...texts].sort().join(', ');
}
