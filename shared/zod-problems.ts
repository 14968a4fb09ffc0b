import type * as z from 'zod/mini';
import type { Problem } from './errors.ts';

/**
 * Puts one issue of a failed parse into words: what is wrong, the value, what is allowed, what to change.
 * `knownKeys` says where a user finds the keys that are allowed.
 */
export function issueProblems(issue: z.core.$ZodIssue, input: unknown, knownKeys: string): Problem[] {
  const at = pathText(issue.path);
  const value = valueAt(input, issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        at: pathText([...issue.path, key]),
        problem: 'unknown key',
        allowed: knownKeys,
        change: 'remove it or correct its spelling',
      }));
    case 'invalid_type':
      return [
        {
          at,
          problem: value === undefined ? 'missing' : 'wrong type',
          ...shown(value),
          allowed: issue.expected,
          change: value === undefined ? 'add it' : `make it ${issue.expected}`,
        },
      ];
    case 'invalid_value':
      return [
        {
          at,
          problem: 'not an allowed value',
          ...shown(value),
          allowed: issue.values.map(String).join(', '),
          change: 'use one of the allowed values',
        },
      ];
    case 'too_small':
      return [
        {
          at,
          problem: 'too small',
          ...shown(value),
          allowed: `at least ${issue.minimum}`,
          change: 'raise it',
        },
      ];
    case 'too_big':
      return [
        {
          at,
          problem: 'too large',
          ...shown(value),
          allowed: `at most ${issue.maximum}`,
          change: 'lower it',
        },
      ];
    case 'invalid_format':
      return [
        {
          at,
          problem: 'malformed',
          ...shown(value),
          allowed: 'pattern' in issue && issue.pattern ? `text that matches ${issue.pattern}` : issue.format,
          change: 'correct it',
        },
      ];
    default:
      return [{ at, problem: issue.message ?? issue.code, ...shown(value), change: 'correct it' }];
  }
}

function shown(value: unknown): { value?: string } {
  return value === undefined ? {} : { value: JSON.stringify(value).slice(0, 200) };
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>(
    (before, part) =>
      typeof part === 'number' ? `${before}[${part}]` : before ? `${before}.${String(part)}` : String(part),
    '',
  );
  return text || '(the whole input)';
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    input,
  );
}
