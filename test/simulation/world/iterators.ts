import { ExpiredIteratorException } from '@aws-sdk/client-dynamodb-streams';
import type { Database } from './database.ts';
import { validationError } from './errors.ts';
import type { Shard } from './shard.ts';
import type { Stream } from './stream.ts';

const ITERATOR_MILLISECONDS = 15 * 60_000;

/** What an iterator's text holds. */
interface Position {
  readonly arn: string;
  readonly shard: string;
  readonly position: number;
  readonly issuedAt: number;
  /** Empty pages in a row so far. */
  readonly empty: number;
}

/** The text of an iterator that is issued now. */
export function iterator(
  database: Database,
  stream: Stream,
  shard: Shard,
  position: number,
  empty = 0,
): string {
  const content: Position = { arn: stream.arn, shard: shard.id, position, issuedAt: database.now, empty };
  return JSON.stringify(content);
}

/** @throws ExpiredIteratorException for one that was issued too long ago. */
export function parsedIterator(database: Database, text: string | undefined): Position {
  const position = parsed(text);
  if (database.now - position.issuedAt > ITERATOR_MILLISECONDS)
    throw new ExpiredIteratorException({
      message: 'Iterator expired. The iterator was created at time that is longer than 15 minutes',
      $metadata: { httpStatusCode: 400 },
    });
  return position;
}

function parsed(text: string | undefined): Position {
  try {
    return JSON.parse(text ?? '') as Position;
  } catch {
    throw validationError('Invalid ShardIterator');
  }
}
