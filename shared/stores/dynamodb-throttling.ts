import type { BatchStatementResponse, ThrottlingReason } from '@aws-sdk/client-dynamodb';
import { isNamed } from '../errors.ts';
import type { Throttling } from './meter.ts';

const THROTTLED = ['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'];
const THROTTLED_STATEMENTS: readonly (string | undefined)[] = [
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
  'RequestLimitExceeded',
];

/**
 * What DynamoDB says of the limit that a request has met
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html).
 * @returns undefined for any other error.
 */
export function throttlingOf(error: unknown, kind: Throttling['kind']): Throttling | undefined {
  if (!isNamed(error, ...THROTTLED)) return undefined;
  const { name, message, ThrottlingReasons, throttlingReasons } = error as Throttled;
  const reasons = (ThrottlingReasons ?? throttlingReasons ?? []).map(({ reason = '' }) => reason).join(' ');
  return { kind, scope: scopeOf(`${reasons} ${message}`, name === 'RequestLimitExceeded') };
}

/** What the errors of a batch's statements say: each is throttled by itself, within an answer that is a success. */
export function statementThrottling(responses: readonly BatchStatementResponse[]): Throttling | undefined {
  const errors = responses.flatMap(({ Error: error }) =>
    THROTTLED_STATEMENTS.includes(error?.Code) ? [error] : [],
  );
  if (errors.length === 0) return undefined;
  return {
    kind: 'write',
    scope: scopeOf(
      errors.map((error) => error?.Message).join(' '),
      errors.some((error) => error?.Code === 'RequestLimitExceeded'),
    ),
  };
}

/** Where the reason is not told, the table is taken for it: so everybody slows down, which harms nobody else. */
function scopeOf(reasons: string, ofAccount: boolean): Throttling['scope'] {
  if (/KeyRangeThroughputExceeded/.test(reasons)) return 'key range';
  return ofAccount || /AccountLimitExceeded/.test(reasons) ? 'account' : 'table';
}

interface Throttled extends Error {
  readonly ThrottlingReasons?: ThrottlingReason[];
  readonly throttlingReasons?: ThrottlingReason[];
}
