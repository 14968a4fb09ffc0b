import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Chain, type IChainable, type StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { CUTOVER_STEPS } from '../shared/phases.ts';
import { LoggedStateMachine } from './state-machine.ts';
import { Steps } from './steps.ts';
import { WaitWorkflow } from './wait-workflow.ts';
import type { WorkerFunctions } from './workers.ts';

export interface WorkflowProps {
  readonly name: string;
  readonly functions: WorkerFunctions;
  readonly logRetention: RetentionDays;
  readonly encryptionKey?: IKey | undefined;
}

/** The life of a migration, as a state machine whose graph names its phases. */
export class Workflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const { name, functions, ...common } = props;
    const wait = new WaitWorkflow(this, 'Wait', {
      ...common,
      name: `${name}-Wait`,
      functions: [
        functions.prepare,
        functions['stand-by'],
        functions.complete,
        ...(functions.policy ? [functions.policy] : []),
      ],
    });
    const steps = new Steps(this, functions, wait.stateMachine);

    const report = steps.report();
    const end = sequence(
      ...steps.policiesAsBefore(),
      steps.units('sweep'),
      steps.waiting('complete', 'complete'),
      report,
    );
    // Each cutover, in either direction, leads from one stand-by to the other, or back to where it came from.
    const standBy = steps.standBy();
    const giveUp = steps.giveUp({ standBy });
    const switchOver = steps.cutover('switch', { giveUp });
    // Passed by within the choice that there is anyhow, so that the write pause is no longer for those without one.
    const smokeTest = {
      step: 'smoke-test',
      begin: sequence(steps.cutover('smoke-test', { giveUp }), switchOver),
    } as const;
    const cutover = sequence(
      ...CUTOVER_STEPS.slice(0, CUTOVER_STEPS.indexOf('recheck')).map((step) =>
        steps.cutover(step, { giveUp }),
      ),
      steps.cutover('recheck', { giveUp, optional: smokeTest }),
      switchOver,
      standBy.afterSwitch,
    );
    standBy.leadTo({ cutover, end });

    const definition = sequence(
      steps.validate(),
      steps.plan({ afterDryRun: report }),
      steps.waiting('target', 'prepare'),
      steps.waiting('backup', 'prepare', end),
      steps.waiting('capture', 'prepare', end),
      steps.units('copy', end),
      steps.waiting('catch-up', 'stand-by', end),
      steps.units('verify', end),
      steps.waiting('way-back', 'prepare', end),
      standBy.ready,
    );
    this.stateMachine = new LoggedStateMachine(this, 'StateMachine', {
      ...common,
      name,
      comment: 'One execution is one migration; its input is the spec.',
      definition,
    });
  }
}

function sequence(...parts: readonly IChainable[]): IChainable {
  const [first, ...rest] = parts as readonly [IChainable, ...IChainable[]];
  return rest.reduce((chain: Chain, next) => chain.next(next), Chain.start(first));
}
