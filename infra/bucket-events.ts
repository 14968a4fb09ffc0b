import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { chunks } from '../shared/parallel.ts';
import { HINT_WORKER } from './grants.ts';
import type { WorkerFunctions } from './workers.ts';

/** Longest invocation that settles events. */
export const HINT_SECONDS = 60;
/** Most invocations at a time that settle events, where no other number is given. */
export const HINT_CONCURRENCY = 20;

/** Whatever may change what an object is or carries, or make it readable (Amazon S3 User Guide, "EventBridge"). */
const DETAIL_TYPES = [
  'Object Created',
  'Object Deleted',
  'Object Tags Added',
  'Object Tags Deleted',
  'Object ACL Updated',
  'Object Restore Completed',
];

/** With names of 63 characters still below the 2,048 of an event pattern (EventBridge User Guide, "Quotas"). */
const BUCKETS_OF_RULE = 20;
const BATCH_EVENTS = 100;
/** A failed batch comes again after the visibility timeout: these are two hours. */
const MOST_RECEIVES = 20;

/** The functions that begin, watch and end what comes by the mapping of the queue. */
const MAPPING_READERS = ['prepare', 'stand-by', 'complete'] as const;

export interface BucketEventsProps {
  /** Names of the buckets of both sides. */
  readonly buckets: readonly string[];
  readonly encryptionKey?: IKey | undefined;
}

/**
 * The way of the events of the migrated buckets: from S3 by EventBridge into a queue, and from there in batches to the
 * function that settles the keys that they name. A bucket sends events once its notifications to EventBridge are on,
 * which is a matter of each migration.
 */
export class BucketEvents extends Construct {
  readonly queue: Queue;
  /** What has failed too often. */
  readonly deadLetterQueue: Queue;
  readonly rules: readonly Rule[];

  constructor(scope: Construct, id: string, { buckets, encryptionKey }: BucketEventsProps) {
    super(scope, id);
    const common = {
      ...(encryptionKey
        ? { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey }
        : { encryption: QueueEncryption.SQS_MANAGED }),
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    } satisfies QueueProps;
    this.deadLetterQueue = new Queue(this, 'DeadLetters', common);
    this.queue = new Queue(this, 'Queue', {
      ...common,
      // Six times the function's timeout (Lambda Developer Guide, "Configuring a queue to use with Lambda").
      visibilityTimeout: Duration.seconds(6 * HINT_SECONDS),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MOST_RECEIVES },
    });
    this.rules = chunks(buckets, BUCKETS_OF_RULE).map(
      (names, index) =>
        new Rule(this, `Rule${index}`, {
          description: 'Events of objects in buckets that Segue migrates',
          eventPattern: {
            source: ['aws.s3'],
            detailType: DETAIL_TYPES,
            detail: { bucket: { name: names } },
          },
          targets: [new SqsQueue(this.queue)],
        }),
    );
  }

  /** Has the function called with batches of events. Those that look after the mapping are told its id. */
  deliverTo(functions: WorkerFunctions, maxConcurrency: number): void {
    const target = functions[HINT_WORKER];
    if (!target) return;
    const { eventSourceMappingId } = new EventSourceMapping(this, 'Mapping', {
      target,
      eventSourceArn: this.queue.queueArn,
      batchSize: BATCH_EVENTS,
      // The least that batches of more than 10 may have (Lambda API Reference, CreateEventSourceMapping).
      maxBatchingWindow: Duration.seconds(1),
      maxConcurrency,
    });
    for (const name of MAPPING_READERS) functions[name].addEnvironment('HINT_MAPPING', eventSourceMappingId);
  }
}
