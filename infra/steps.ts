import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import {
  Choice,
  Condition,
  DistributedMap,
  Fail,
  type IChainable,
  IntegrationPattern,
  JsonPath,
  type StateMachine,
  Succeed,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import { type LambdaInvoke, StepFunctionsStartExecution } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { type CutoverStep, phaseTitle, type UnitPhase, type WaitingPhase } from '../shared/phases.ts';
import { branch, done, failed, is } from './answers.ts';
import { FAILURE, Failures } from './failures.ts';
import type { WorkerName } from './grants.ts';
import { PERSISTENT, QUEUED, THROTTLED, TRANSIENT } from './retries.ts';
import { type InvokeProps, invoke, MIGRATION, NO_PLAN, PLAN, SPEC } from './tasks.ts';
import type { WorkerFunctions } from './workers.ts';

/** Where the answer of the last stand-by is kept while its cutover goes on. */
const STAND_BY = '$.standBy';
const EPOCH = JsonPath.numberAt(`${STAND_BY}.output.epoch`);

/** The stand-by before a switch and the one after it. */
export interface StandBy {
  readonly ready: IChainable;
  readonly reverse: IChainable;
  /** The way from a switch to the stand-by of the side that is active now. */
  readonly afterSwitch: IChainable;
  /** Says what follows either: a cutover, which is the same in both directions, or the end. */
  leadTo(ways: { readonly cutover: IChainable; readonly end: IChainable }): void;
}

/** A step that is taken only where the answer of the step before it names it. */
interface Optional {
  readonly step: CutoverStep;
  readonly begin: IChainable;
}

/** The kinds of steps that the workflow is made of. */
export class Steps {
  readonly #scope: Construct;
  readonly #functions: WorkerFunctions;
  readonly #waitMachine: StateMachine;
  readonly #failures: Failures;

  constructor(scope: Construct, functions: WorkerFunctions, waitMachine: StateMachine) {
    this.#scope = scope;
    this.#functions = functions;
    this.#waitMachine = waitMachine;
    this.#failures = new Failures(scope, functions.report);
  }

  /** Nothing is touched before it accepts, so there is nothing to report when it does not. */
  validate(): IChainable {
    const validate = invoke(this.#scope, phaseTitle('validate'), {
      function: this.#functions.validate,
      payload: {
        spec: SPEC,
        execution: {
          arn: JsonPath.stringAt('$$.Execution.Id'),
          startedAt: JsonPath.stringAt('$$.Execution.StartTime'),
        },
      },
      resultSelector: { migration: JsonPath.objectAt('$.Payload'), plan: NO_PLAN },
      resultPath: '$',
    });
    const refused = new Fail(this.#scope, 'Refused', {
      error: 'Refused',
      causePath: JsonPath.stringAt('$.migration.message'),
    });
    const choice = new Choice(this.#scope, 'Accepted?').otherwise(refused);
    return branch(validate.addRetry(TRANSIENT), choice, is('$.migration.kind', 'accepted'));
  }

  plan({ afterDryRun }: { readonly afterDryRun: IChainable }): IChainable {
    const plan = this.#task(phaseTitle('plan'), 'plan', {
      payload: { ...MIGRATION, spec: SPEC, notes: JsonPath.objectAt('$.migration.notes') },
      resultPath: '$.plan',
    });
    const choice = new Choice(this.#scope, 'Dry run?')
      .when(failed('$.plan.output'), this.#failures.ofPlan)
      .when(Condition.booleanEquals('$.migration.dryRun', true), afterDryRun);
    return branch(plan, choice);
  }

  /**
   * A phase that is polled in child executions of bounded length: waiting for months costs little history.
   * @param end where it leads when the migration ends before it has come to stand by.
   */
  waiting(phase: WaitingPhase, worker: WorkerName, end?: IChainable): IChainable {
    const title = phaseTitle(phase);
    const wait = this.#wait(title, phase, this.#functions[worker]);
    return branch(wait, this.#answered(`${title}: done?`, end).otherwise(wait), done('$.result.output'));
  }

  /** The two phases in which a migration stands by, before a switch and after it. */
  standBy(): StandBy {
    const worker = this.#functions['stand-by'];
    const ready = this.#wait(phaseTitle('ready'), 'ready', worker, STAND_BY);
    const reverse = this.#wait(phaseTitle('reverse'), 'reverse', worker, STAND_BY);
    const output = `${STAND_BY}.output`;
    const leadsTo = (next: string) => Condition.and(done(output), is(`${output}.next`, next));
    return {
      ready,
      reverse,
      afterSwitch: new Choice(this.#scope, 'Which side?')
        .when(is('$.result.output.standBy', 'reverse'), reverse)
        .otherwise(ready),
      leadTo: ({ cutover, end }) => {
        const policy = this.#policies({ ready, reverse });
        // To the other one where a migration is resumed.
        for (const [phase, task, otherPhase, other] of [
          ['ready', ready, 'reverse', reverse],
          ['reverse', reverse, 'ready', ready],
        ] as const) {
          const choice = new Choice(this.#scope, `${phaseTitle(phase)}: done?`)
            .when(failed(output), this.#failures.ofStandBy)
            .when(leadsTo('cutover'), cutover)
            .when(leadsTo('end'), end)
            .when(leadsTo(otherPhase), other)
            .otherwise(task);
          task.next(policy ? choice.when(leadsTo('policy'), policy) : choice);
        }
      },
    };
  }

  /** Changes the resource policies, or looks at them, and leads back to the stand-by that asked for it. */
  #policies({ ready, reverse }: Pick<StandBy, 'ready' | 'reverse'>): IChainable | undefined {
    const worker = this.#functions.policy;
    if (!worker) return undefined;
    const policy = this.#wait('Resource policy', 'ready', worker);
    return policy.next(
      this.#answered('Resource policy: done?')
        .when(Condition.and(done('$.result.output'), is(`${STAND_BY}.output.standBy`, 'reverse')), reverse)
        .when(done('$.result.output'), ready)
        .otherwise(policy),
    );
  }

  /** At the end the resource policies are as others left them: nothing to do without the function that changes them. */
  policiesAsBefore(): IChainable[] {
    const worker = this.#functions.policy;
    if (!worker) return [];
    const policy = this.#wait('Resource policy as before', 'sweep', worker);
    const choice = this.#answered('Resource policy as before: done?').otherwise(policy);
    return [branch(policy, choice, done('$.result.output'))];
  }

  /**
   * A phase that is fanned out over the units that are left: each child execution calls its worker until the unit is
   * done, or the worker stands aside. A Map Run can neither wait nor change its number of workers, so it is ended and
   * another one is begun: while a migration is paused one execution waits, and no worker.
   * @param end where it leads when the migration ends before it has come to stand by.
   */
  units(phase: UnitPhase, end?: IChainable): IChainable {
    const title = phaseTitle(phase);
    const ask = this.#wait(`${title}: what is left?`, phase, this.#functions['stand-by']);
    const map = new DistributedMap(this.#scope, title, {
      itemsPath: '$.result.output.units',
      maxConcurrencyPath: '$.result.output.workers',
      itemSelector: {
        ...MIGRATION,
        unit: JsonPath.numberAt('$$.Map.Item.Value'),
        workers: JsonPath.numberAt('$.result.output.workers'),
        until: JsonPath.numberAt('$.result.output.until'),
      },
      resultPath: JsonPath.DISCARD,
    });
    map.itemProcessor(this.#unit(`${title} a unit`, phase)).addCatch(this.#failures.ofUnit, {
      resultPath: FAILURE,
    });
    map.next(ask);
    const choice = this.#answered(`${title}: begin?`, end)
      .when(is('$.result.output.kind', 'work'), map)
      .otherwise(ask);
    return branch(ask, choice, done('$.result.output'));
  }

  /** A step of the cutover is not repeated: whatever happens to it, giving up is safe and leads back to ready. */
  cutover(
    step: CutoverStep,
    { giveUp, optional }: { readonly giveUp: IChainable; readonly optional?: Optional },
  ): IChainable {
    const title = phaseTitle(step);
    const task = invoke(this.#scope, title, {
      function: this.#functions.cutover,
      payload: { ...MIGRATION, step, epoch: EPOCH },
    });
    task.addRetry(THROTTLED).addCatch(giveUp, { resultPath: '$.result.output' });
    const choice = new Choice(this.#scope, `${title}: done?`).otherwise(giveUp);
    const ok = is('$.result.output.kind', 'ok');
    if (optional) choice.when(Condition.and(ok, is('$.result.output.next', optional.step)), optional.begin);
    return branch(task, choice, ok);
  }

  /** Lifts the fence and is tried for hours, since nobody may be left hanging. The switch may have happened. */
  giveUp({ standBy }: { readonly standBy: StandBy }): IChainable {
    const lift = invoke(this.#scope, 'Give up', {
      function: this.#functions.cutover,
      payload: {
        ...MIGRATION,
        step: 'lift',
        epoch: EPOCH,
        reason: JsonPath.jsonToString(JsonPath.objectAt('$.result.output')),
      },
      resultPath: '$.lift',
    });
    lift.addRetry(PERSISTENT).addCatch(this.#failures.report, { resultPath: FAILURE });
    const choice = new Choice(this.#scope, 'Lifted?')
      .when(failed('$.lift.output'), this.#failures.ofLift)
      .when(
        Condition.and(
          is('$.lift.output.kind', 'lifted'),
          Condition.booleanEquals('$.lift.output.retry', false),
        ),
        this.#failures.ofCutover,
      )
      .when(is('$.lift.output.standBy', 'reverse'), standBy.reverse)
      .otherwise(standBy.ready);
    return lift.next(choice);
  }

  /** Writes the report, whose place is the execution's output. */
  report(): IChainable {
    const report = this.#task('Report', 'report', { payload: { ...MIGRATION, spec: SPEC, plan: PLAN } });
    const choice = new Choice(this.#scope, 'Report: done?')
      .when(failed('$.result.output'), this.#failures.ofStep)
      .otherwise(new Succeed(this.#scope, 'Succeeded', { outputPath: '$.result.output' }));
    return report.next(choice);
  }

  /** What follows an answer, beside the way on. */
  #answered(id: string, end?: IChainable): Choice {
    const choice = new Choice(this.#scope, id).when(failed('$.result.output'), this.#failures.ofStep);
    return end
      ? choice.when(Condition.and(done('$.result.output'), is('$.result.output.next', 'end')), end)
      : choice;
  }

  /** Asks a function again and again until it says that it is done, or something else. */
  #wait(
    id: string,
    phase: WaitingPhase | UnitPhase,
    worker: NodejsFunction,
    resultPath = '$.result',
  ): StepFunctionsStartExecution {
    const wait = new StepFunctionsStartExecution(this.#scope, id, {
      stateMachine: this.#waitMachine,
      integrationPattern: IntegrationPattern.RUN_JOB,
      associateWithParent: true,
      input: TaskInput.fromObject({
        ...MIGRATION,
        phase,
        function: worker.functionArn,
        turns: { taken: 0 },
      }),
      resultSelector: { output: JsonPath.objectAt('$.Output') },
      resultPath,
    });
    wait.addRetry(TRANSIENT).addCatch(this.#failures.report, { resultPath: FAILURE });
    return wait;
  }

  #unit(id: string, phase: UnitPhase): IChainable {
    const work = invoke(this.#scope, id, {
      function: this.#functions[phase],
      payload: {
        name: JsonPath.stringAt('$.name'),
        term: JsonPath.numberAt('$.term'),
        unit: JsonPath.numberAt('$.unit'),
        workers: JsonPath.numberAt('$.workers'),
        until: JsonPath.numberAt('$.until'),
      },
    });
    work.addRetry(QUEUED).addRetry(TRANSIENT);
    const failure = new Fail(this.#scope, `${id}: failed`, {
      errorPath: JsonPath.stringAt('$.result.output.error'),
      causePath: JsonPath.stringAt('$.result.output.message'),
    });
    // The results of all units are collected and may not exceed 256 KiB, so each is an empty object.
    const success = new Succeed(this.#scope, `${id}: done`, { outputPath: JsonPath.DISCARD });
    const choice = new Choice(this.#scope, `${id}: done?`)
      .when(failed('$.result.output'), failure)
      .when(done('$.result.output'), success)
      .when(Condition.isPresent('$.result.output.aside'), success)
      .otherwise(work);
    return work.next(choice);
  }

  /** A call that is repeated while it errs, and fails the migration when that does not help. */
  #task(id: string, worker: WorkerName, props: Omit<InvokeProps, 'function'>): LambdaInvoke {
    const task = invoke(this.#scope, id, { function: this.#functions[worker], ...props });
    task.addRetry(TRANSIENT).addCatch(this.#failures.report, { resultPath: FAILURE });
    return task;
  }
}
