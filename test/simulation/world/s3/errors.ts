import {
  BucketAlreadyOwnedByYou,
  InvalidObjectState,
  NoSuchBucket,
  NoSuchKey,
  NoSuchUpload,
  NotFound,
  S3ServiceException,
  type StorageClass,
} from '@aws-sdk/client-s3';

const answered = (httpStatusCode: number) => ({ httpStatusCode, requestId: 'simulated' });

/** An error that the SDK has no class for: its name alone tells what it is. */
function named(name: string, status: number, message: string): S3ServiceException {
  return new S3ServiceException({
    name,
    $fault: status >= 500 ? 'server' : 'client',
    $metadata: answered(status),
    message,
  });
}

export function noSuchKey(): NoSuchKey {
  return new NoSuchKey({ message: 'The specified key does not exist.', $metadata: answered(404) });
}

export function noSuchBucket(name: string | undefined): NoSuchBucket {
  return new NoSuchBucket({
    message: `The specified bucket does not exist: ${name}`,
    $metadata: answered(404),
  });
}

export function bucketExists(name: string): BucketAlreadyOwnedByYou {
  return new BucketAlreadyOwnedByYou({
    message: `Your previous request to create the named bucket succeeded and you already own it: ${name}`,
    $metadata: answered(409),
  });
}

export function noSuchUpload(): NoSuchUpload {
  return new NoSuchUpload({
    message:
      'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    $metadata: answered(404),
  });
}

export function noSuchVersion(): S3ServiceException {
  return named('NoSuchVersion', 404, 'The specified version does not exist.');
}

/** @param header of the precondition that does not hold */
export function preconditionFailed(header: string): S3ServiceException {
  return named(
    'PreconditionFailed',
    412,
    `At least one of the pre-conditions you specified did not hold: ${header}`,
  );
}

export function conditionalConflict(): S3ServiceException {
  return named(
    'ConditionalRequestConflict',
    409,
    'The conditional request cannot succeed due to a conflicting operation against this resource.',
  );
}

/** In a bucket whose owner owns every object. */
export function aclsNotSupported(): S3ServiceException {
  return named('AccessControlListNotSupported', 400, 'The bucket does not allow ACLs');
}

export function accessDenied(message: string): S3ServiceException {
  return named('AccessDenied', 403, message);
}

export function notImplemented(header: string): S3ServiceException {
  return named(
    'NotImplemented',
    501,
    `A header you provided implies functionality not implemented: ${header}`,
  );
}

export function invalid(
  name:
    | 'InvalidArgument'
    | 'InvalidRequest'
    | 'InvalidTag'
    | 'InvalidPart'
    | 'InvalidPartOrder'
    | 'EntityTooSmall'
    | 'MalformedXML'
    | 'MetadataTooLarge'
    | 'KeyTooLongError',
  message: string,
): S3ServiceException {
  return named(name, 400, message);
}

export function unsatisfiable(message: string): S3ServiceException {
  return named('InvalidRange', 416, message);
}

/** Of an object in an archive, which has to be restored before it can be read. */
export function archived(storageClass: StorageClass): InvalidObjectState {
  return new InvalidObjectState({
    message: "The operation is not valid for the object's storage class",
    StorageClass: storageClass,
    $metadata: answered(403),
  });
}

export function slowDown(): S3ServiceException {
  return named('SlowDown', 503, 'Please reduce your request rate.');
}

export function internalError(): S3ServiceException {
  return named('InternalError', 500, 'We encountered an internal error. Please try again.');
}

/**
 * The same error as the SDK gives it for an answer without a body, as to HEAD: only the status is left, so 404 is
 * `NotFound`, whatever was not found, and everything else has the name `Unknown`.
 */
export function bodiless(error: unknown): unknown {
  if (!(error instanceof S3ServiceException)) return error;
  const status = error.$metadata.httpStatusCode ?? 0;
  return status === 404
    ? new NotFound({ message: 'UnknownError', $metadata: answered(404) })
    : named('Unknown', status, 'UnknownError');
}
