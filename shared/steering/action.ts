import type * as z from 'zod/mini';
import type { Problem } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { Runtime } from '../runtime.ts';
import type { Standing } from './standing.ts';

/** What an action is given: the migration that it steers, and who wants it. */
export interface Steered {
  readonly journal: Journal;
  readonly runtime: Runtime;
  readonly standing: Standing;
  /** The name that was declared. */
  readonly by: string;
}

/** One way to steer a running migration. */
export interface Action<Shape extends z.core.$ZodShape = z.core.$ZodShape> {
  /** Schema of each parameter, beside those that every action has. */
  readonly parameters: Shape;
  /** Everything that speaks against it as the migration stands, and what is wrong with the parameters together. */
  check(steered: Steered, parameters: z.infer<z.ZodMiniObject<Shape>>): readonly Problem[];
  /**
   * Does it. It may be interrupted and done again.
   * @returns its effect, in words.
   */
  act(steered: Steered, parameters: z.infer<z.ZodMiniObject<Shape>>): Promise<string>;
}
