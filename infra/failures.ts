import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Fail, type IChainable, JsonPath, Pass } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { failureAt } from './answers.ts';
import { TRANSIENT } from './retries.ts';
import { invoke, MIGRATION, NO_PLAN, PLAN, SPEC } from './tasks.ts';

/** Where a caught error is kept: as its Error and its Cause. */
export const FAILURE = '$.failure';

/** The ways in which a migration fails. Each ends in the report of the failure, and with its error and cause. */
export class Failures {
  /** The error at FAILURE is reported. */
  readonly report: IChainable;
  /** The answer of the latest step is a permanent failure. */
  readonly ofStep: IChainable;
  /** The answer of a stand-by is a permanent failure. */
  readonly ofStandBy: IChainable;
  /** The answer of plan is a permanent failure. */
  readonly ofPlan: IChainable;
  /** The lift answered a permanent failure. */
  readonly ofLift: IChainable;
  /** The error at FAILURE is that of a Map Run, which says nothing of its cause. */
  readonly ofUnit: IChainable;
  /** The cutover was given up as often as it may be. */
  readonly ofCutover: IChainable;

  constructor(scope: Construct, reportFunction: NodejsFunction) {
    this.report = reportFailure(scope, reportFunction);
    const note = (id: string, parameters: Record<string, unknown>, resultPath = FAILURE) =>
      new Pass(scope, id, { parameters, resultPath }).next(this.report);

    this.ofStep = note('Failed for good', failureAt('$.result.output'));
    this.ofStandBy = note('Failed while standing by', failureAt('$.standBy.output'));
    this.ofPlan = note(
      'Not planned',
      { migration: JsonPath.objectAt('$.migration'), plan: NO_PLAN, failure: failureAt('$.plan.output') },
      '$',
    );
    this.ofLift = note('Not lifted', failureAt('$.lift.output'));
    this.ofUnit = note('A unit failed', {
      Error: 'UnitFailedError',
      Cause: JsonPath.format(
        'A unit failed for good. The Map Run of this step shows which, and why. ({})',
        JsonPath.stringAt(`${FAILURE}.Cause`),
      ),
    });
    this.ofCutover = note('Given up', {
      Error: 'CutoverGivenUpError',
      Cause: JsonPath.format(
        'The cutover was given up too often; the source stays active. The last time: {}',
        JsonPath.jsonToString(JsonPath.objectAt('$.result.output')),
      ),
    });
  }
}

function reportFailure(scope: Construct, reportFunction: NodejsFunction): IChainable {
  const [error, cause] = [JsonPath.stringAt(`${FAILURE}.Error`), JsonPath.stringAt(`${FAILURE}.Cause`)];
  const failed = new Fail(scope, 'Failed', { errorPath: error, causePath: cause });
  const report = invoke(scope, 'Report the failure', {
    function: reportFunction,
    payload: { ...MIGRATION, spec: SPEC, plan: PLAN, failure: { error, cause } },
  });
  // The execution ends with the migration's failure, also where that can't be reported.
  report.addRetry(TRANSIENT).addCatch(failed, { resultPath: JsonPath.DISCARD }).next(failed);
  return report;
}
