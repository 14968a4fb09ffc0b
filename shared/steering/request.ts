import * as z from 'zod/mini';
import { InvalidInputError } from '../errors.ts';
import { MIGRATION_NAME } from '../spec.ts';
import { issueProblems } from '../zod-problems.ts';
import type { Action } from './action.ts';
import { ACTIONS, type ActionName } from './actions.ts';

/** What somebody wants of a running migration. */
export interface SteeringRequest {
  readonly migration: string;
  readonly action: ActionName;
  /** The name that is declared. */
  readonly by: string;
  /** Revision of the coordinator's record that the person has seen: the action is refused if it is another by now. */
  readonly seenRevision?: number | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const NAMES = Object.keys(ACTIONS) as ActionName[];

const COMMON = {
  migration: z.string().check(z.regex(MIGRATION_NAME)),
  action: z.enum(NAMES),
  by: z.string().check(z.trim(), z.minLength(1), z.maxLength(100)),
  seenRevision: z.optional(z.int().check(z.minimum(0))),
};

/**
 * Parses the input of an action.
 * @throws InvalidInputError with every problem of the input.
 */
export function parseRequest(input: unknown): SteeringRequest {
  const name = actionOf(input);
  const { parameters = {} }: Partial<Action> = name ? ACTIONS[name] : {};
  const shape = { ...COMMON, ...parameters };
  // Of an action that nobody knows the parameters are not known either.
  const parsed = (name ? z.strictObject(shape) : z.looseObject(shape)).safeParse(input);
  if (!parsed.success)
    throw new InvalidInputError(
      'the action',
      parsed.error.issues.flatMap((issue) =>
        issueProblems(issue, input, `the keys of "${name}": ${Object.keys(shape).join(', ')}`),
      ),
    );
  const { migration, action, by, seenRevision, ...rest } = parsed.data;
  return { migration, action, by, seenRevision, parameters: rest };
}

function actionOf(input: unknown): ActionName | undefined {
  const { action } = typeof input === 'object' && input !== null ? (input as { action?: unknown }) : {};
  return NAMES.find((name) => name === action);
}
