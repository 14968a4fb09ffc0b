import { isNamed, SegueError } from '../../shared/errors.ts';
import { CliError } from './cli-error.ts';

const EXPIRED = [
  'ExpiredToken',
  'ExpiredTokenException',
  'TokenProviderError',
  'UnrecognizedClientException',
];
const DENIED = ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation'];
const UNREACHABLE = ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EAI_AGAIN', 'ECONNRESET'];

/**
 * What an error means to the person at the terminal and what to do about it.
 * @returns undefined for an error that only Segue's developers can act on.
 */
export function explain(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { message } = error;
  if (error instanceof CliError || error instanceof SegueError) return message;
  if (error.name === 'CredentialsProviderError')
    return `no AWS credentials: set AWS_PROFILE, or log in with "aws sso login" or "aws login" (${message})`;
  if (message === 'Region is missing') return 'no AWS Region: pass --region, or set AWS_REGION';
  if (isNamed(error, ...EXPIRED))
    return `the AWS credentials are not valid (any more): log in anew (${message})`;
  if (isNamed(error, ...DENIED)) return `the AWS credentials lack a permission: ${message}`;
  if (isNamed(error, 'ResourceNotFoundException', 'NoSuchBucket', 'StateMachineDoesNotExist'))
    return `a resource of the stack was not found; check --region and the names that were passed (${message})`;
  if ('code' in error && error.code === 'ERR_INVALID_URL')
    return 'AWS_ENDPOINT_URL is not a URL: correct it, or unset it to reach AWS itself';
  if (isUnreachable(error))
    return `AWS can't be reached: check the network, --region and AWS_ENDPOINT_URL (${message || error.code})`;
  // Every error that an AWS service answers with carries its metadata.
  return '$metadata' in error ? `${error.name}: ${message}` : undefined;
}

/** Whether the network is at fault, so that the same call may succeed later. */
export function isUnreachable(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && UNREACHABLE.includes(String(error.code));
}
