import { Duration, Names } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { BucketEvents, HINT_CONCURRENCY } from './bucket-events.ts';
import { Journal } from './journal.ts';
import { Reports } from './reports.ts';
import { Steering } from './steering.ts';
import { acknowledgeWildcards } from './wildcards.ts';
import { Workers } from './workers.ts';
import { Workflow } from './workflow.ts';

export interface MigratorProps {
  /**
   * Names of the tables that may be migrated from.
   * @default - none
   */
  readonly sources?: readonly string[] | undefined;
  /**
   * Names of the tables that may be migrated to. They may not exist yet.
   * @default - none
   */
  readonly targets?: readonly string[] | undefined;
  /**
   * Names of the buckets that may be migrated from.
   * @default - none
   */
  readonly sourceBuckets?: readonly string[] | undefined;
  /**
   * Names of the buckets that may be migrated to.
   * @default - none
   */
  readonly targetBuckets?: readonly string[] | undefined;
  /**
   * ARNs of Lambda functions and EXPRESS state machines that a spec may name as its smoke test. Nothing else of yours
   * is ever called.
   * @default - none
   */
  readonly smokeTests?: readonly string[] | undefined;
  /**
   * Customer key for everything that is stored: tables, reports, logs, environment, state, events that wait. Its
   * policy must allow CloudWatch Logs to use it, and with buckets EventBridge (`kms:Decrypt`, `kms:GenerateDataKey`).
   * @default - keys that AWS owns
   */
  readonly encryptionKey?: IKey | undefined;
  /**
   * Customer keys that the migrated tables and buckets themselves are encrypted with.
   * @default - none
   */
  readonly tableEncryptionKeys?: readonly IKey[] | undefined;
  /** @default RetentionDays.THREE_MONTHS */
  readonly logRetention?: RetentionDays | undefined;
  /**
   * Is told of every alarm.
   * @default - alarms only show in CloudWatch
   */
  readonly alarmTopic?: ITopic | undefined;
  /**
   * Lag of the captured changes from which an alarm is raised.
   * @default Duration.minutes(5)
   */
  readonly lagAlarm?: Duration | undefined;
  /**
   * Memory of the functions that move data. 1,769 MB are one whole vCPU.
   * @default 1769
   */
  readonly workerMemoryMegabytes?: number | undefined;
  /**
   * Longest invocation of copy, verify and sweep. It is also how long a cutover waits for a worker that died.
   * @default Duration.minutes(5)
   */
  readonly workerTimeout?: Duration | undefined;
  /**
   * Most invocations at a time of each of copy, verify and sweep.
   * @default - bounded by the spec of the migration alone
   */
  readonly workerReservedConcurrency?: number | undefined;
  /**
   * Concurrency kept for applying changes: at least the number of shards of all sources that move at a time.
   * 0 reserves nothing, for an account that has none to spare.
   * @default 100
   */
  readonly applyReservedConcurrency?: number | undefined;
  /**
   * Most invocations at a time that settle what the events of buckets name, 2 to 1,000.
   * @default 20
   */
  readonly hintConcurrency?: number | undefined;
  /**
   * Concurrency kept for them: at least as many. 0 reserves nothing, for an account that has none to spare.
   * @default - hintConcurrency
   */
  readonly hintReservedConcurrency?: number | undefined;
  /**
   * Whether migrations may deny writes in the resource policies of tables and buckets (`cutover.fence`). It takes a
   * function of its own, whose role alone may change them.
   * @default false
   */
  readonly resourcePolicies?: boolean | undefined;
  /**
   * Whether migrations may carry access control lists of objects (`acls`): read them and give them to copies.
   * @default false
   */
  readonly objectAcls?: boolean | undefined;
  /**
   * Whether migrations may carry retention and legal holds of objects (`objectLock`). Nothing lets the migrator shorten
   * or bypass a retention.
   * @default false
   */
  readonly objectLock?: boolean | undefined;
  /**
   * Whether migrations may move all versions of objects (`versions: "all"`): functions may read versions that are named
   * then, and set their tags; none may delete one.
   * @default false
   */
  readonly objectVersions?: boolean | undefined;
  /**
   * Buckets in which S3 Inventory publishes lists of the source buckets: the planner may read them (`inventory`).
   * @default - none
   */
  readonly inventoryBuckets?: readonly string[] | undefined;
}

/**
 * Moves live DynamoDB tables and S3 buckets without stopping the application that uses them. One execution of its
 * state machine, with a spec as input, is one migration.
 */
export class Migrator extends Construct {
  readonly journalTable: Table;
  readonly routeTable: Table;
  readonly reportBucket: Bucket;
  readonly stateMachine: StateMachine;
  /** Steers migrations while they run. */
  readonly steeringMachine: StateMachine;

  constructor(scope: Construct, id: string, props: MigratorProps) {
    super(scope, id);
    const { encryptionKey, logRetention = RetentionDays.THREE_MONTHS } = props;
    const name = Names.uniqueResourceName(this, { maxLength: 48, separator: '-' });

    const { journalTable, routeTable } = new Journal(this, 'Journal', { encryptionKey });
    const { bucket } = new Reports(this, 'Reports', { encryptionKey });
    const buckets = { sources: props.sourceBuckets ?? [], targets: props.targetBuckets ?? [] };
    const names = [...new Set([...buckets.sources, ...buckets.targets])];
    const also = { acls: props.objectAcls ?? false, objectLock: props.objectLock ?? false };
    const bucketEvents =
      names.length > 0
        ? new BucketEvents(this, 'BucketEvents', { buckets: names, encryptionKey })
        : undefined;
    const hintConcurrency = props.hintConcurrency ?? HINT_CONCURRENCY;
    const { functions } = new Workers(this, 'Workers', {
      name,
      sources: props.sources ?? [],
      targets: props.targets ?? [],
      buckets: bucketEvents && {
        ...buckets,
        also,
        versions: props.objectVersions ?? false,
        inventories: props.inventoryBuckets ?? [],
        queue: bucketEvents.queue,
      },
      smokeTests: props.smokeTests ?? [],
      journalTable,
      routeTable,
      reportBucket: bucket,
      memoryMegabytes: props.workerMemoryMegabytes ?? 1769,
      timeoutSeconds: (props.workerTimeout ?? Duration.minutes(5)).toSeconds(),
      reservedConcurrency: props.workerReservedConcurrency,
      applyReservedConcurrency: props.applyReservedConcurrency ?? 100,
      hintReservedConcurrency: props.hintReservedConcurrency ?? hintConcurrency,
      logRetention,
      encryptionKey,
      tableEncryptionKeys: props.tableEncryptionKeys ?? [],
      resourcePolicies: props.resourcePolicies ?? false,
    });
    bucketEvents?.deliverTo(functions, hintConcurrency);
    const { stateMachine } = new Workflow(this, 'Workflow', { name, functions, logRetention, encryptionKey });
    const steering = new Steering(this, 'Steering', {
      name: `${name}-Steer`,
      function: functions.steer,
      logRetention,
      encryptionKey,
    });
    new Alarms(this, 'Alarms', {
      stateMachine,
      functions,
      bucketEvents,
      lagSeconds: (props.lagAlarm ?? Duration.minutes(5)).toSeconds(),
      topic: props.alarmTopic,
    });

    acknowledgeWildcards(this);

    this.journalTable = journalTable;
    this.routeTable = routeTable;
    this.reportBucket = bucket;
    this.stateMachine = stateMachine;
    this.steeringMachine = steering.stateMachine;
  }
}
