/**
 * The errors of Segue. Their `name` is stable. A handler returns a permanent failure as data, since a workflow can
 * only tell classes of errors apart that its runtime reports by name; everything else is thrown and retried.
 */
export class SegueError extends Error {
  override name = 'SegueError';
}

/** No retry cures it: the workflow stops, with the journal as it stands. */
export class PermanentError extends SegueError {
  override name = 'PermanentError';
}

/** Changes of the source are gone before they were seen: the stream keeps them for 24 hours. */
export class ChangesGoneError extends PermanentError {
  override name = 'ChangesGoneError';
}

/** Another coordinator has taken over; this one must not write any more. */
export class LeaseLostError extends PermanentError {
  override name = 'LeaseLostError';
}

/** Another worker has taken the unit; this one must not move its position any more. */
export class UnitLostError extends SegueError {
  override name = 'UnitLostError';
}

/** A worker stops within a step, before it writes more than it may: the step is done again by another invocation. */
export class HandedOverError extends SegueError {
  override name = 'HandedOverError';
}

/** The direction is closed: nothing may be written to its passive side now. */
export class DirectionClosedError extends SegueError {
  override name = 'DirectionClosedError';
}

/** A step of the cutover could not be done in time or its condition did not hold; the fence is to be lifted. */
export class CutoverGivenUpError extends SegueError {
  override name = 'CutoverGivenUpError';
}

/** A router could not send a request: it is held too long, or the route says no. */
export class RouteError extends SegueError {
  override name = 'RouteError';
}

/** One thing that is wrong with an input or with the account: what, its value, what is allowed, what to change. */
export interface Problem {
  /** Where: a path in the spec or config, or a resource of the account. */
  readonly at: string;
  readonly problem: string;
  readonly value?: string;
  readonly allowed?: string;
  readonly change: string;
}

/** Every problem of an input at once. */
export class InvalidInputError extends PermanentError {
  override name = 'InvalidInputError';
  readonly problems: readonly Problem[];

  constructor(subject: string, problems: readonly Problem[]) {
    super(
      `${subject} has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${formatProblems(problems)}`,
    );
    this.problems = problems;
  }
}

export function formatProblems(problems: readonly Problem[]): string {
  return problems
    .map(({ at, problem, value, allowed, change }, index) => {
      const lines = [`${index + 1}. ${at}: ${problem}`];
      if (value !== undefined) lines.push(`   value:   ${value}`);
      if (allowed !== undefined) lines.push(`   allowed: ${allowed}`);
      lines.push(`   change:  ${change}`);
      return lines.join('\n');
    })
    .join('\n');
}

/** Whether an error carries one of these names (errors of the AWS SDK are told apart by name). */
export function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}
