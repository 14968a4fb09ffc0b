import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { HINT_SECONDS } from './bucket-events.ts';
import {
  type AlsoCarried,
  bucketGrants,
  bucketPolicyGrants,
  type GrantedBuckets,
  hintGrants,
} from './bucket-grants.ts';
import {
  type GrantedResources,
  HINT_WORKER,
  POLICY_WORKER,
  policyWorkerGrants,
  WORKER_NAMES,
  type WorkerName,
  workerGrants,
} from './grants.ts';
import { Worker, type WorkerProps } from './worker.ts';

export type WorkerFunctions = Readonly<Record<WorkerName, NodejsFunction>> & {
  readonly [HINT_WORKER]?: NodejsFunction;
  readonly [POLICY_WORKER]?: NodejsFunction;
};

export interface WorkersProps {
  /** First part of the functions' names, and name of the state machine. */
  readonly name: string;
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly buckets?: MigratedBuckets | undefined;
  /** ARNs of functions and state machines that specs may name as their smoke test. */
  readonly smokeTests: readonly string[];
  readonly journalTable: Table;
  readonly routeTable: Table;
  readonly reportBucket: Bucket;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly reservedConcurrency?: number | undefined;
  readonly applyReservedConcurrency: number;
  readonly hintReservedConcurrency: number;
  readonly logRetention: RetentionDays;
  readonly encryptionKey?: IKey | undefined;
  readonly tableEncryptionKeys: readonly IKey[];
  readonly resourcePolicies: boolean;
}

interface MigratedBuckets {
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly also: AlsoCarried;
  /** Whether migrations may move all versions of objects. */
  readonly versions: boolean;
  /** In which S3 Inventory publishes its lists. */
  readonly inventories: readonly string[];
  /** In which their events wait. */
  readonly queue: Queue;
}

/** The functions of the migrator, each with the size, the time and the grants that its work needs. */
export class Workers extends Construct {
  readonly functions: WorkerFunctions;

  constructor(scope: Construct, id: string, props: WorkersProps) {
    super(scope, id);
    const resources = this.grantedResources(props);
    const grants = workerGrants(resources);
    const { buckets } = props;
    const granted = buckets && this.grantedBuckets(props, buckets, resources);
    const ofBuckets = granted ? bucketGrants(granted) : {};
    const sizes = workerSizes(props);
    const environment = {
      JOURNAL_TABLE: props.journalTable.tableName,
      ROUTE_TABLE: props.routeTable.tableName,
      REPORT_BUCKET: props.reportBucket.bucketName,
      APPLY_FUNCTION_ARN: resources.applyFunction,
      SEGUE_TABLES: JSON.stringify({ sources: props.sources, targets: props.targets }),
      ...(buckets && {
        SEGUE_BUCKETS: JSON.stringify({
          sources: buckets.sources,
          targets: buckets.targets,
          ...buckets.also,
          versions: buckets.versions,
          inventories: buckets.inventories,
        }),
      }),
      SEGUE_SMOKE_TESTS: JSON.stringify(props.smokeTests),
      SEGUE_RESOURCE_POLICIES: String(props.resourcePolicies),
      POWERTOOLS_METRICS_NAMESPACE: 'Segue',
    };
    const functionOf = (
      name: string,
      { own = {}, ...size }: Size & Pick<WorkerProps, 'grants'> & { readonly own?: Record<string, string> },
    ): NodejsFunction =>
      new Worker(this, name, {
        functionName: workerName(props.name, name),
        file: name,
        ...size,
        environment: { ...environment, ...own, POWERTOOLS_SERVICE_NAME: name },
        logRetention: props.logRetention,
        encryptionKey: props.encryptionKey,
      }).function;
    const always = Object.fromEntries(
      WORKER_NAMES.map((name) => [
        name,
        functionOf(name, { ...sizes[name], grants: [...grants[name], ...(ofBuckets[name] ?? [])] }),
      ]),
    ) as Record<WorkerName, NodejsFunction>;
    const functions = {
      ...always,
      ...(granted && {
        [HINT_WORKER]: functionOf(HINT_WORKER, { ...hintWorkerSize(props), grants: hintGrants(granted) }),
      }),
    };
    const policyWorker = () =>
      functionOf(POLICY_WORKER, {
        ...policyWorkerSize(props),
        grants: [...policyWorkerGrants(resources), ...(granted ? bucketPolicyGrants(granted) : [])],
        own: { MIGRATOR_ROLES: Stack.of(this).toJsonString(rolesOf(Object.values(functions))) },
      });
    this.functions = { ...functions, ...(props.resourcePolicies && { [POLICY_WORKER]: policyWorker() }) };
  }

  private grantedBuckets(
    { name }: WorkersProps,
    { sources, targets, also, versions, inventories, queue }: MigratedBuckets,
    { journal, route, keys, mappings, tableKeys }: GrantedResources,
  ): GrantedBuckets {
    const stack = Stack.of(this);
    const ofBucket = { service: 's3', region: '', account: '', arnFormat: ArnFormat.NO_RESOURCE_NAME };
    const side = (names: readonly string[]) => {
      const buckets = names.map((resource) => stack.formatArn({ ...ofBucket, resource }));
      return { buckets, objects: buckets.map((arn) => `${arn}/*`) };
    };
    return {
      journal,
      route,
      source: side(sources),
      target: side(targets),
      also,
      queue: [queue.queueArn],
      hintFunction: this.functionArn(name, HINT_WORKER),
      versions,
      inventories: side(inventories),
      mappings,
      keys,
      dataKeys: tableKeys,
    };
  }

  private functionArn(name: string, worker: string): string {
    return Stack.of(this).formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: workerName(name, worker),
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  private grantedResources(props: WorkersProps): GrantedResources {
    const stack = Stack.of(this);
    const tables = (names: readonly string[], below = '') =>
      names.map((name) =>
        stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: `${name}${below}` }),
      );
    const named = (service: string, resource: string, resourceName: string) =>
      stack.formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    return {
      journal: [props.journalTable.tableArn],
      route: [props.routeTable.tableArn],
      reports: [props.reportBucket.arnForObjects('*')],
      sources: tables(props.sources),
      targets: tables(props.targets),
      streams: tables([...props.sources, ...props.targets], '/stream/*'),
      backups: tables([...props.sources, ...props.targets], '/backup/*'),
      applyFunction: this.functionArn(props.name, 'apply'),
      mappings: [named('lambda', 'event-source-mapping', '*')],
      alarms: [named('cloudwatch', 'alarm', '*')],
      smokeTests: {
        functions: props.smokeTests.filter((arn) => arn.split(':')[2] === 'lambda'),
        stateMachines: props.smokeTests.filter((arn) => arn.split(':')[2] === 'states'),
      },
      executions: [named('states', 'execution', `${props.name}:*`)],
      keys: props.encryptionKey ? [props.encryptionKey.keyArn] : [],
      tableKeys: props.tableEncryptionKeys.map(({ keyArn }) => keyArn),
    };
  }
}

/** ARNs of the roles of functions. */
function rolesOf(functions: readonly NodejsFunction[]): (string | undefined)[] {
  return functions.map(({ role }) => role?.roleArn);
}

function workerName(name: string, worker: string): string {
  return `${name}-${worker}`;
}

interface Size {
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly reservedConcurrency?: number | undefined;
}

/** Short: until one that died is over nobody else changes a policy. */
function policyWorkerSize({ memoryMegabytes }: Pick<WorkersProps, 'memoryMegabytes'>): Size {
  return { memoryMegabytes: Math.min(512, memoryMegabytes), timeoutSeconds: 60 };
}

/** Short for the same reasons as that of the applier, and reserved. */
function hintWorkerSize({ memoryMegabytes, hintReservedConcurrency }: WorkersProps): Size {
  return { memoryMegabytes, timeoutSeconds: HINT_SECONDS, reservedConcurrency: hintReservedConcurrency };
}

function workerSizes(props: WorkersProps): Readonly<Record<WorkerName, Size>> {
  const { memoryMegabytes } = props;
  const light = { memoryMegabytes: Math.min(512, memoryMegabytes), timeoutSeconds: 120 };
  const unit = {
    memoryMegabytes,
    timeoutSeconds: props.timeoutSeconds,
    reservedConcurrency: props.reservedConcurrency,
  };
  return {
    validate: light,
    // It may read lists of S3 Inventory.
    plan: props.buckets?.inventories.length ? { memoryMegabytes, timeoutSeconds: 300 } : light,
    prepare: light,
    copy: unit,
    // Short: a dead invocation's permit counts until its timeout, and the cutover waits for it. Reserved: neither
    // may other functions of the account hold back the changes, nor these take the account's concurrency.
    apply: {
      memoryMegabytes,
      timeoutSeconds: 60,
      ...(props.sources.length > 0 && { reservedConcurrency: props.applyReservedConcurrency }),
    },
    verify: unit,
    'stand-by': { memoryMegabytes, timeoutSeconds: 300 },
    // The longest pause that a spec may allow is 60 s. It ends in time by the deadline in the route, not by this.
    cutover: { memoryMegabytes, timeoutSeconds: 75 },
    sweep: unit,
    complete: light,
    report: { memoryMegabytes, timeoutSeconds: 120 },
    steer: light,
  };
}
