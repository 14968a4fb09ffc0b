import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Phase } from '../../shared/phases.ts';
import type { ApiCall } from './proxy/api-call.ts';
import type { Moment } from './proxy/hold.ts';

/** What tells the calls of one migration from others. */
export interface Watched {
  readonly name: string;
  readonly journalTable: string;
  readonly target: string;
}

interface Input {
  readonly TableName?: string;
  readonly Key?: Record<string, AttributeValue>;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
}

/** When the journal is told that a phase begins. */
export function phaseBegins({ name, journalTable }: Watched, phase: Phase): Moment {
  return on('UpdateItem', ({ TableName, Key, ExpressionAttributeValues }) => {
    const { pk, sk } = Key ?? {};
    const begun = ExpressionAttributeValues?.[':phase'];
    return (
      TableName === journalTable &&
      pk?.S === `migration#${name}` &&
      sk?.S === 'coordinator' &&
      begun?.S === phase
    );
  });
}

/** When a worker writes what it is there for. */
export const WRITES = {
  copy: () => on('BatchExecuteStatement', () => true),
  apply: ({ target }: Watched) =>
    on(
      'PutItem',
      ({ TableName, ConditionExpression = '' }) =>
        TableName === target && ConditionExpression.includes(' < '),
    ),
  verify: ({ name, journalTable }: Watched) =>
    on(
      'UpdateItem',
      ({ TableName, Key, ExpressionAttributeValues }) =>
        TableName === journalTable &&
        Key?.pk?.S?.startsWith(`unit#${name}#verify#`) === true &&
        ExpressionAttributeValues?.[':counts'] !== undefined,
    ),
  /** Of the floor, before or after which it sweeps tombstones. */
  'stand-by': ({ journalTable }: Watched) =>
    on(
      'UpdateItem',
      ({ TableName, UpdateExpression }) =>
        TableName === journalTable && UpdateExpression === 'SET #floor = :second',
    ),
  /** The switch. */
  cutover: () => on('TransactWriteItems', () => true),
  sweep: ({ target }: Watched) =>
    on(
      'UpdateItem',
      ({ TableName, UpdateExpression }) => TableName === target && UpdateExpression === 'REMOVE #r',
    ),
} satisfies Record<string, (watched: Watched) => Moment>;

/** A worker that can be killed while it writes. */
export type Victim = keyof typeof WRITES;

function on(operation: string, isMeant: (input: Input) => boolean): Moment {
  return (call: ApiCall) => call.operation === operation && isMeant(call.input);
}
