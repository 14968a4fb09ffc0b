import {
  Chain,
  type Choice,
  Condition,
  type IChainable,
  type INextable,
  JsonPath,
  type State,
} from 'aws-cdk-lib/aws-stepfunctions';

/** Whether there is a text at a path, and it is this one. (A missing path by itself would fail the execution.) */
export function is(path: string, value: string): Condition {
  return Condition.and(Condition.isPresent(path), Condition.stringEquals(path, value));
}

/** Whether the answer at a path says that the work is done. */
export function done(path: string): Condition {
  return Condition.booleanEquals(`${path}.done`, true);
}

/** Whether the answer at a path is a permanent failure, which a function returns instead of throwing it. */
export function failed(path: string): Condition {
  return is(`${path}.kind`, 'failed');
}

/** A permanent failure at a path, in the form in which Step Functions reports an error. */
export function failureAt(path: string): { readonly Error: string; readonly Cause: string } {
  return { Error: JsonPath.stringAt(`${path}.error`), Cause: JsonPath.stringAt(`${path}.message`) };
}

/** A task with the choice that follows it; the way on is the choice's branch under a condition, or its default. */
export function branch(task: State & INextable, choice: Choice, condition?: Condition): IChainable {
  task.next(choice);
  const onward: INextable = {
    next: (following) => {
      if (condition) choice.when(condition, following);
      else choice.otherwise(following);
      return Chain.start(following);
    },
  };
  return { id: task.id, startState: task, endStates: [onward] };
}
