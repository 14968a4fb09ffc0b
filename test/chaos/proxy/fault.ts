import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../../infra/local/random.ts';
import { type ApiAnswer, type ApiCall, answerOf } from './api-call.ts';
import { canHoldBack, holdBack } from './held-back.ts';
import type { Fate, Passage } from './passage.ts';
import { failStatement, refuseStatement } from './statement-faults.ts';

interface Fault {
  /** What it happens to. @default every operation of DynamoDB and its streams */
  readonly operations?: ReadonlySet<string>;
  /** @default every call of these operations */
  readonly fits?: (call: ApiCall) => boolean;
  readonly meet: (passage: Passage) => Promise<Fate>;
}

const WRITES = new Set([
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchExecuteStatement',
  'TransactWriteItems',
]);
const BATCHES = new Set(['BatchGetItem', 'BatchWriteItem']);
const STATEMENTS = new Set(['BatchExecuteStatement']);

/** Every kind of fault, with what its sender gets to see and whether the call takes effect. */
export const FAULTS = {
  throttled: { meet: async ({ call, random }) => throttling(call, random) },
  'internal error': {
    // Of this one nobody knows whether the call took effect.
    meet: async ({ random, forward }) => {
      if (random.next() < 0.5) await forward();
      return failure(500, 'InternalServerError', 'The request processing has failed due to an unknown error');
    },
  },
  unavailable: {
    meet: async () => failure(503, 'ServiceUnavailable', 'Service is currently unavailable'),
  },
  'reset before it took effect': { meet: async () => 'reset' },
  'reset after it took effect': {
    meet: async ({ forward }) => {
      await forward();
      return 'reset';
    },
  },
  'answered late': {
    meet: async ({ random, latest, forward }) => {
      const answer = await forward();
      await delay(random.next() * latest.answerMilliseconds);
      return answer;
    },
  },
  'took effect late': {
    operations: WRITES,
    meet: async ({ random, latest, forward }) => {
      await delay(random.next() * latest.effectMilliseconds);
      return forward();
    },
  },
  'delivered twice': {
    operations: WRITES,
    meet: async ({ forward }) => {
      const answer = await forward();
      await forward();
      return answer;
    },
  },
  'keys held back': { operations: BATCHES, fits: canHoldBack, meet: holdBack },
  'statement refused': { operations: STATEMENTS, meet: refuseStatement },
  'statement of unknown outcome': { operations: STATEMENTS, meet: failStatement },
} satisfies Record<string, Fault>;

export type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];

/** Whether a kind of fault can happen to an operation. */
export function canMeet(operation: string, kind: FaultKind): boolean {
  const { operations }: Fault = FAULTS[kind];
  return operations?.has(operation) ?? true;
}

/** Whether it can happen to this call of the operation. */
export function fits(kind: FaultKind, call: ApiCall): boolean {
  const fault: Fault = FAULTS[kind];
  return fault.fits?.(call) ?? true;
}

const NAMESPACE = 'com.amazonaws.dynamodb.v20120810';
const STREAM_OPERATIONS = new Set(['DescribeStream', 'GetShardIterator', 'GetRecords', 'ListStreams']);

function failure(status: number, name: string, message: string): ApiAnswer {
  return answerOf(status, { __type: `${NAMESPACE}#${name}`, message });
}

function throttling({ operation }: ApiCall, random: Random): ApiAnswer {
  if (STREAM_OPERATIONS.has(operation))
    return failure(400, 'LimitExceededException', 'Rate exceeded for this stream');
  const [name, message] = random.pick([
    [
      'ProvisionedThroughputExceededException',
      'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
    ],
    ['ThrottlingException', 'Throughput exceeds the current capacity of your table or index.'],
    ['RequestLimitExceeded', 'Throughput exceeds the current throughput limit for your account.'],
  ] as const);
  return failure(400, name, message);
}
