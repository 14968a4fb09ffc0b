import { describe, expect, it } from 'vitest';
import { WORKER_NAMES } from '../../infra/grants.ts';
import { asText, FULL, MINIMAL, type Statement, Synthesized } from './stack.ts';

const minimal = new Synthesized();

function actions({ Action }: Statement): string[] {
  return [Action].flat();
}

function resources({ Resource }: Statement): string[] {
  return [Resource].flat().map(asText);
}

/** The resources on which a function may do something. */
function where(worker: string, action: string): string[] {
  return minimal
    .grants(worker)
    .filter((statement) => actions(statement).includes(action))
    .flatMap(resources);
}

const table = (name: string) => `arn:aws:dynamodb:AWS::Region:AWS::AccountId:table/${name}`;
const SOURCES = [table('customers'), table('orders')];
const TARGET = table('orders-v2');

describe('the grants', () => {
  it.each(WORKER_NAMES)('of %s name every action', (worker) => {
    const granted = minimal.grants(worker).flatMap(actions);
    expect(granted).not.toEqual([]);
    for (const action of granted) expect(action).not.toContain('*');
  });

  it.each(WORKER_NAMES)('of %s name every resource, but for what AWS gives no resource', (worker) => {
    const free = minimal.grants(worker).filter((statement) => resources(statement).includes('*'));
    for (const action of free.flatMap(actions))
      expect([
        'cloudwatch:DescribeAlarms',
        'xray:PutTraceSegments',
        'xray:PutTelemetryRecords',
        'cloudwatch:GetMetricData',
        'dynamodb:ListStreams',
        'lambda:CreateEventSourceMapping',
        'lambda:GetAccountSettings',
        'lambda:ListEventSourceMappings',
      ]).toContain(action);
  });

  it('let nobody write an item of a source but who carries changes back or sweeps', () => {
    const writers = (write: string) =>
      WORKER_NAMES.filter((worker) =>
        SOURCES.some((source) => where(worker, `dynamodb:${write}`).includes(source)),
      );
    expect(writers('PutItem')).toEqual(['apply', 'stand-by', 'cutover']);
    expect(writers('DeleteItem')).toEqual(['stand-by', 'cutover', 'sweep']);
    expect(writers('UpdateItem')).toEqual(['sweep']);
    for (const write of ['BatchWriteItem', 'PartiQLInsert']) expect(writers(write)).toEqual([]);
  });

  it('let only those read streams that apply or audit, and of sources and targets alone', () => {
    const readers = WORKER_NAMES.filter((worker) => where(worker, 'dynamodb:GetRecords').length > 0);
    expect(readers).toEqual(['apply', 'stand-by', 'cutover']);
    for (const reader of readers)
      expect(where(reader, 'dynamodb:GetRecords').sort()).toEqual(
        [...SOURCES, TARGET].map((arn) => `${arn}/stream/*`).sort(),
      );
  });

  it('let the copier read the sources and write the targets', () => {
    expect(where('copy', 'dynamodb:Scan').sort()).toEqual(SOURCES);
    expect(where('copy', 'dynamodb:PartiQLInsert')).toEqual([TARGET]);
  });

  it('let event source mappings be made and removed for the applier alone', () => {
    for (const [worker, action] of [
      ['prepare', 'lambda:CreateEventSourceMapping'],
      ['complete', 'lambda:DeleteEventSourceMapping'],
    ] as const) {
      const statement = minimal.grants(worker).find((granted) => actions(granted).includes(action));
      const condition = statement?.Condition as Record<string, Record<string, unknown>> | undefined;
      expect(asText(condition?.ArnEqualsIfExists?.['lambda:FunctionArn'])).toMatch(/:Segue-apply$/);
    }
  });

  it('let the cutover alone call the smoke tests of the config, and nobody anything without them', () => {
    const full = new Synthesized(FULL);
    const [lambda, stateMachine] = FULL.smokeTests;
    for (const worker of WORKER_NAMES) {
      const calls = (of: Synthesized) =>
        of
          .grants(worker)
          .filter((statement) =>
            actions(statement).some((action) => /:(InvokeFunction|StartSyncExecution)$/.test(action)),
          )
          .map((statement) => [...actions(statement), ...resources(statement)]);
      expect(calls(minimal), worker).toEqual([]);
      expect(calls(full), worker).toEqual(
        worker === 'cutover'
          ? [
              ['lambda:InvokeFunction', lambda],
              ['states:StartSyncExecution', stateMachine],
            ]
          : [],
      );
    }
  });

  it('name no kind of smoke test that the config has none of', () => {
    const [, stateMachine] = FULL.smokeTests;
    const granted = new Synthesized({ ...MINIMAL, smokeTests: [stateMachine] })
      .grants('cutover')
      .flatMap(actions);
    expect(granted).toContain('states:StartSyncExecution');
    expect(granted).not.toContain('lambda:InvokeFunction');
  });

  it('let every function use the customer keys, and none without them', () => {
    const keyStatements = (of: Synthesized, worker: string) =>
      of.grants(worker).filter((statement) => actions(statement).includes('kms:Decrypt'));
    const full = new Synthesized(FULL);
    for (const worker of WORKER_NAMES) {
      expect(keyStatements(minimal, worker)).toEqual([]);
      expect(keyStatements(full, worker).flatMap(resources)).toContain(FULL.kmsKeyArn);
    }
    expect(keyStatements(full, 'copy').flatMap(resources)).toContain(FULL.tableKmsKeyArns[0]);
  });
});
