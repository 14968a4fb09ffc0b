import { PermanentError } from './errors.ts';

/** A variable of a function's environment, set by the stack. Read here alone, never in the engine. */
export function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new PermanentError(`the environment variable ${name} is missing: it is set by the stack`);
  return value;
}
