import type { FailureFact } from '../status.ts';
import { isoTime } from './format.ts';

/** Why an execution stopped, in words. */
export interface FailureReport {
  readonly at: string;
  readonly error: string;
  readonly message: string;
}

const MOST_CHARACTERS = 4_000;
/** A failure of a child execution wraps that of its function, which wraps the error. */
const MOST_WRAPPINGS = 5;

/** Unwraps what Step Functions says of a failure down to the error that began it. */
export function failureReport({ at, error, cause }: FailureFact): FailureReport {
  let found = { error, message: cause };
  for (let depth = 0; depth < MOST_WRAPPINGS; depth++) {
    const inner = unwrapped(found.message);
    if (!inner) break;
    found = { error: inner.error ?? found.error, message: inner.message };
  }
  const message = found.message.slice(0, MOST_CHARACTERS) || 'no cause was given';
  return { at: isoTime(at), error: found.error, message };
}

/** The first line, for a sentence. */
export function firstLine(message: string): string {
  const line = message.split('\n', 1)[0] ?? '';
  return line.replace(/[.:]$/, '');
}

/** The error inside: of a Lambda function (`errorMessage`), or of a child execution (`Error`, `Cause`). */
function unwrapped(text: string): { readonly error?: string; readonly message: string } | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { errorType, errorMessage, Error: error, Cause: cause } = parsed as Record<string, unknown>;
  if (typeof errorMessage === 'string')
    return { message: errorMessage, ...(typeof errorType === 'string' ? { error: errorType } : {}) };
  if (typeof cause === 'string') return { message: cause, ...(typeof error === 'string' ? { error } : {}) };
  return undefined;
}
