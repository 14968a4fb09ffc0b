import type { S3ServiceException } from '@aws-sdk/client-s3';
import { isNamed } from '../../errors.ts';

/** By these S3 says that an object, on either side, is not what the request has stated: gone, or another one. */
const CHANGED = [
  'PreconditionFailed',
  'ConditionalRequestConflict',
  'NoSuchKey',
  'NotFound',
  'NoSuchUpload',
  'NoSuchVersion',
];
/** By these it refuses an object for what it is. No retry cures it. */
const REFUSED = [
  'AccessControlListNotSupported',
  'EntityTooLarge',
  'InvalidArgument',
  'InvalidObjectState',
  'InvalidRequest',
  'InvalidTag',
  'KeyTooLongError',
  'MetadataTooLarge',
  'ObjectNotInActiveTierError',
  'RequestHeaderSectionTooLarge',
];

interface Written {
  readonly kind: 'written';
  /** Of the object, if one was written. */
  readonly etag?: string | undefined;
}

/** What became of a write of an object. `changed`: one of both sides is not as it was seen; nothing was written. */
export type ObjectOutcome =
  | Written
  | { readonly kind: 'changed' }
  | { readonly kind: 'rejected'; readonly reason: string };

export function isChanged(error: unknown): boolean {
  // The answer to HEAD has no text, and so its error no name.
  const isPrecondition = (error as Partial<S3ServiceException>).$metadata?.httpStatusCode === 412;
  return isPrecondition || isNamed(error, ...CHANGED);
}

/** Sends a write. @throws what neither a change of the object nor the object itself explains. */
export async function outcomeOf(sent: Promise<unknown>): Promise<ObjectOutcome> {
  try {
    const { CopyObjectResult, ETag } = (await sent) as WriteAnswer;
    return { kind: 'written', etag: CopyObjectResult?.ETag ?? ETag };
  } catch (error) {
    const outcome = refusalOf(error);
    if (!outcome) throw error;
    return outcome;
  }
}

/** What the answers to the writes of objects tell of them, each in its own way. */
interface WriteAnswer {
  readonly ETag?: string;
  readonly CopyObjectResult?: { readonly ETag?: string };
}

/** What an error says of the object. @returns undefined for what another try may cure. */
export function refusalOf(error: unknown): ObjectOutcome | undefined {
  if (isChanged(error)) return { kind: 'changed' };
  return isNamed(error, ...REFUSED) ? { kind: 'rejected', reason: reasonOf(error as Error) } : undefined;
}

function reasonOf({ name, message }: Error): string {
  return name === 'InvalidObjectState' || name === 'ObjectNotInActiveTierError'
    ? `it is archived and must be restored first (${name})`
    : `${name}: ${message}`;
}
