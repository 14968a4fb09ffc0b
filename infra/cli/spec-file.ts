import { readFileSync } from 'node:fs';
import { parseSpec, type Spec } from '../../shared/spec.ts';
import { CliError } from './cli-error.ts';

/** A spec as its author wrote it, and with the defaults filled in. */
export interface SpecFile {
  readonly written: object;
  readonly spec: Spec;
}

/**
 * Reads a spec.
 * @throws CliError when there is no such file or it is not JSON.
 * @throws InvalidInputError with every problem of the spec.
 */
export function readSpecFile(path: string): SpecFile {
  const written: unknown = parseJson(readText(path), path);
  return { written: written as object, spec: parseSpec(written) };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliError(`the spec can't be read: ${(error as Error).message}`, { cause: error });
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CliError(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
