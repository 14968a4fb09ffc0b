import { PermanentError } from './errors.ts';

/** A variable of a function's environment, set by the stack. Read here alone, never in the engine. */
export function environment(name: string): string {
  const value = optionalEnvironment(name);
  if (!value) throw new PermanentError(`the environment variable ${name} is missing: it is set by the stack`);
  return value;
}

/** One that the stack sets only where something is deployed that needs it. */
export function optionalEnvironment(name: string): string | undefined {
  return process.env[name] || undefined;
}
