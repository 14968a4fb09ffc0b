import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll } from 'vitest';
import { parseConfig } from '../../infra/config.ts';
import { MigrationStack } from '../../infra/migration-stack.ts';
import type { Definition } from './history-events.ts';

export const PROJECT = join(import.meta.dirname, '..', '..');

export const MINIMAL = { sources: ['orders', 'customers'], targets: ['orders-v2'] };

export const BUCKETS = { sourceBuckets: ['photos', 'videos'], targetBuckets: ['photos-v2'] };

/** Every option of the deploy config, each with a value that is not its default. */
export const FULL = {
  ...MINIMAL,
  ...BUCKETS,
  smokeTests: [
    'arn:aws:lambda:eu-central-1:123456789012:function:looks:live',
    'arn:aws:states:eu-central-1:123456789012:stateMachine:Looks',
  ],
  stackName: 'Moves',
  kmsKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000001',
  tableKmsKeyArns: ['arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000002'],
  tags: { team: 'data' },
  logRetentionDays: 14,
  alarmTopicArn: 'arn:aws:sns:eu-central-1:123456789012:operations',
  lagAlarmSeconds: 120,
  applyReservedConcurrency: 7,
  hintConcurrency: 3,
  hintReservedConcurrency: 4,
  resourcePolicies: true,
  objectAcls: true,
  objectLock: true,
  objectVersions: true,
  inventoryBuckets: ['inventories'],
  workers: { memoryMegabytes: 1024, timeoutSeconds: 60, reservedConcurrency: 5 },
};

const tables = (side: string) => Array.from({ length: 40 }, (_, index) => `table-${index}-${side}`);
export const MANY_TABLES = { sources: tables('source'), targets: tables('target') };
/** With names as long as S3 allows them. */
const buckets = (side: string) =>
  Array.from({ length: 22 }, (_, index) => `bucket-${index}-${side}`.padEnd(63, 'x'));
export const MANY_BUCKETS = { sourceBuckets: buckets('source'), targetBuckets: buckets('target') };

const WORK = join(PROJECT, '.segue');
mkdirSync(WORK, { recursive: true });
const folder = mkdtempSync(join(WORK, 'synth-'));
let apps = 0;
afterAll(() => rmSync(folder, { recursive: true }));

/** An app with the flags of cdk.json that bundles nothing, and leaves nothing behind. */
export function testApp(): App {
  const { context } = JSON.parse(readFileSync(join(PROJECT, 'cdk.json'), 'utf8'));
  return new App({
    context: { ...context, 'aws:cdk:bundling-stacks': [] },
    outdir: join(folder, String(apps++)),
  });
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
}

export interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** The stack of a config as a user would deploy it, without the time that bundling takes. */
export class Synthesized {
  readonly app: App;
  readonly stack: MigrationStack;
  #template: Template | undefined;

  constructor(config: unknown = MINIMAL) {
    this.app = testApp();
    Validations.of(this.app).addPlugins(new AwsSolutionsChecks(this.app));
    this.stack = new MigrationStack(this.app, parseConfig(config));
  }

  get template(): Template {
    this.#template ??= Template.fromStack(this.stack);
    return this.#template;
  }

  resources(type: string): Resource[] {
    return Object.values(this.template.findResources(type)) as unknown as Resource[];
  }

  /** Every statement that is granted to the role of a function. */
  grants(worker: string): Statement[] {
    const roles = this.template.findResources('AWS::IAM::Role');
    const id = Object.keys(roles).find((name) => name.startsWith(`Workers${worker.replace('-', '')}Role`));
    return this.resources('AWS::IAM::Policy')
      .filter(({ Properties }) => JSON.stringify(Properties.Roles) === JSON.stringify([{ Ref: id }]))
      .flatMap(({ Properties }) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement);
  }

  /** The definition of a state machine, with names in the place of what is only known when it is deployed. */
  definition(name: string): Definition {
    const machine = this.resources('AWS::StepFunctions::StateMachine').find(
      ({ Properties }) => Properties.StateMachineName === name,
    );
    return JSON.parse(asText(machine?.Properties.DefinitionString));
  }
}

/** A CloudFormation expression as a line of text. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join, 'Fn::GetAtt': attribute, Ref: reference } = value as Record<string, never>;
  if (join) return (join as [string, unknown[]])[1].map(asText).join((join as [string])[0]);
  if (attribute) return `arn:aws:lambda:eu-central-1:123456789012:function:${(attribute as string[])[0]}`;
  return reference === 'AWS::Partition' ? 'aws' : String(reference);
}
