import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { allow } from './allow.ts';
import { USE_KEY, type WorkerName } from './grants.ts';

/** What specs may ask to be carried with objects. */
export interface AlsoCarried {
  readonly acls: boolean;
  readonly objectLock: boolean;
}

interface GrantedSide {
  readonly buckets: readonly string[];
  readonly objects: readonly string[];
}

/** Every resource that a grant for the sake of buckets may name, as lists of ARNs. */
export interface GrantedBuckets {
  readonly journal: readonly string[];
  readonly route: readonly string[];
  readonly source: GrantedSide;
  readonly target: GrantedSide;
  readonly also: AlsoCarried;
  /** In which their events wait. */
  readonly queue: readonly string[];
  readonly hintFunction: string;
  /** Whether migrations may move all versions of objects. */
  readonly versions: boolean;
  /** In which S3 Inventory publishes its lists. */
  readonly inventories: GrantedSide;
  readonly mappings: readonly string[];
  /** Customer key of what the stack stores; none with AWS-owned keys. */
  readonly keys: readonly string[];
  /** Customer keys of the data that is migrated. */
  readonly dataKeys: readonly string[];
}

// Which action a request needs is said on its page of the Amazon S3 API Reference: HeadObject needs GetObject, and
// ListBucket to be told that there is no such object; each request that creates an object, or a part of one, PutObject;
// a copy both, for the tags, too; a write on condition of an ETag GetObject where it is made.
const READ = ['GetObject', 'GetObjectTagging'];
/** The same of versions that are named, and what can be changed of them. */
const READ_VERSION = ['GetObjectVersion', 'GetObjectVersionTagging'];
const WRITE_VERSION = ['DeleteObjectVersionTagging', 'PutObjectVersionTagging'];
const WRITE = ['PutObject', 'PutObjectTagging'];
// HeadObject tells of a lock only who may read it; what creates an object with grants or a lock needs what sets them.
const ALSO = {
  acls: { read: ['GetObjectAcl'], write: ['PutObjectAcl'] },
  objectLock: {
    read: ['GetObjectLegalHold', 'GetObjectRetention'],
    write: ['PutObjectLegalHold', 'PutObjectRetention'],
  },
};
/** Multipart copies: what was begun is found again, and ended. */
const PARTS = ['AbortMultipartUpload', 'ListMultipartUploadParts'];

type Grants = readonly (PolicyStatement | undefined)[];

/** What is set at a bucket and goes on being looked at. */
const WATCHED = [
  'GetBucketNotification',
  'GetBucketVersioning',
  'GetEncryptionConfiguration',
  'GetLifecycleConfiguration',
];

/** What the functions may do for the sake of buckets, beside what they may do for that of tables. */
export function bucketGrants(
  on: GrantedBuckets,
): Readonly<Partial<Record<WorkerName, readonly PolicyStatement[]>>> {
  const { source, target, also } = on;
  const buckets = [...source.buckets, ...target.buckets];
  const objects = [...source.objects, ...target.objects];
  const readSource = [s3(source.buckets, 'ListBucket'), s3(source.objects, ...reading(also))];
  const grants = {
    validate: [
      s3(
        buckets,
        'GetBucketObjectLockConfiguration',
        'GetReplicationConfiguration',
        'ListBucket',
        ...(also.acls ? ['GetBucketOwnershipControls', 'GetBucketPublicAccessBlock'] : []),
      ),
      // To look at some, for those that no listing tells of.
      s3(source.objects, 'GetObject'),
      s3(
        source.buckets,
        'GetBucketRequestPayment',
        'GetBucketVersioning',
        'GetBucketWebsite',
        'ListBucketMultipartUploads',
        // Whether there may be access control lists, which would not travel.
        ...(also.acls ? [] : ['GetBucketOwnershipControls']),
      ),
      s3(target.buckets, 'GetBucketNotification', 'GetBucketPolicy'),
    ],
    plan: [
      s3(source.buckets, 'ListBucket'),
      s3(
        buckets,
        ...WATCHED,
        'GetBucketCORS',
        'GetBucketObjectLockConfiguration',
        'GetBucketOwnershipControls',
        'GetBucketPolicy',
        'GetBucketPublicAccessBlock',
        'GetBucketRequestPayment',
        'GetBucketTagging',
        'GetBucketWebsite',
        'GetReplicationConfiguration',
      ),
      s3(on.inventories.buckets, 'ListBucket'),
      s3(on.inventories.objects, 'GetObject'),
      on.inventories.objects.length > 0 ? allow('kms', on.dataKeys, ['Decrypt']) : undefined,
    ],
    prepare: [s3(buckets, 'GetBucketNotification', 'PutBucketNotification')],
    copy: [
      ...readSource,
      // The notes of copies in parts.
      allow('dynamodb', on.journal, ['Query']),
      s3(target.buckets, 'ListBucketMultipartUploads'),
      s3(target.objects, ...writing(also), ...PARTS),
    ],
    verify: [...readSource, allow('dynamodb', on.journal, ['Query']), ...settling(also, target)],
    'stand-by': [
      // What routers note is let go when it is settled.
      allow('dynamodb', on.route, ['DeleteItem']),
      s3(buckets, ...WATCHED, 'GetBucketPolicy'),
      ...settling(also, source, target),
      allow('lambda', on.mappings, ['GetEventSourceMapping'], {
        ArnEqualsIfExists: { 'lambda:FunctionArn': on.hintFunction },
      }),
    ],
    cutover: [allow('dynamodb', on.route, ['Query']), ...settling(also, source, target)],
    complete: [
      allow('dynamodb', on.journal, ['DeleteItem', 'Query']),
      s3(buckets, 'GetBucketNotification', 'ListBucketMultipartUploads', 'PutBucketNotification'),
      s3(objects, 'AbortMultipartUpload'),
    ],
  } satisfies Partial<Record<WorkerName, Grants>>;
  const ofVersions: Partial<Record<string, Grants>> = on.versions ? versionGrants(on) : {};
  return Object.fromEntries(
    Object.entries(grants).map(([name, statements]) => [
      name,
      given([...statements, ...(ofVersions[name] ?? [])]),
    ]),
  );
}

/** What the functions may do besides where all versions are moved: a copier writes delete markers, too. */
function versionGrants({ source, target }: GrantedBuckets) {
  return {
    validate: [
      s3(target.buckets, 'GetBucketVersioning'),
      s3([...source.buckets, ...target.buckets], 'GetLifecycleConfiguration', 'ListBucketVersions'),
    ],
    copy: [
      ...readingVersions(source, target),
      // A delete marker, and a copy upon another version, are written on condition of an ETag.
      s3(target.objects, ...WRITE_VERSION, 'DeleteObject', 'GetObject'),
    ],
    verify: [...readingVersions(source, target), s3(target.objects, ...WRITE_VERSION)],
    'stand-by': settlingVersions(source, target),
    cutover: settlingVersions(source, target),
  } satisfies Partial<Record<WorkerName, Grants>>;
}

/** What the function may do that settles events. */
export function hintGrants(on: GrantedBuckets): readonly PolicyStatement[] {
  return given([
    allow('dynamodb', on.journal, ['DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem']),
    // For the event source mapping, which reads with this function's role (Lambda Developer Guide, "Using Lambda with
    // Amazon SQS").
    allow('sqs', on.queue, ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage']),
    ...settling(on.also, on.source, on.target),
    ...(on.versions ? settlingVersions(on.source, on.target) : []),
    allow('kms', on.keys, USE_KEY),
    allow('kms', on.dataKeys, ['Decrypt', 'GenerateDataKey']),
  ]);
}

/** What the function may do that changes resource policies. It reads and writes no object. */
export function bucketPolicyGrants({ source, target }: GrantedBuckets): readonly PolicyStatement[] {
  const buckets = [...source.buckets, ...target.buckets];
  return given([s3(buckets, 'DeleteBucketPolicy', 'GetBucketPolicy', 'PutBucketPolicy')]);
}

/** Keys of these sides are settled: what stands under them is looked at, and replaced or deleted. */
function settling(also: AlsoCarried, ...sides: readonly GrantedSide[]): Grants {
  const buckets = sides.flatMap((side) => side.buckets);
  const objects = sides.flatMap((side) => side.objects);
  return [
    s3(buckets, 'ListBucket', 'ListBucketMultipartUploads'),
    s3(objects, ...reading(also), ...writing(also), ...PARTS, 'DeleteObject'),
  ];
}

function reading(also: AlsoCarried): string[] {
  return [...READ, ...alsoOf(also).flatMap(({ read }) => read)];
}

function writing(also: AlsoCarried): string[] {
  return [...WRITE, ...alsoOf(also).flatMap(({ write }) => write)];
}

function alsoOf({ acls, objectLock }: AlsoCarried): (typeof ALSO)[keyof typeof ALSO][] {
  return [...(acls ? [ALSO.acls] : []), ...(objectLock ? [ALSO.objectLock] : [])];
}

/** The histories of keys of these sides are settled. */
function settlingVersions(...sides: readonly GrantedSide[]): Grants {
  return [
    ...readingVersions(...sides),
    s3(
      sides.flatMap((side) => side.objects),
      ...WRITE_VERSION,
    ),
  ];
}

function readingVersions(...sides: readonly GrantedSide[]): Grants {
  return [
    s3(
      sides.flatMap((side) => side.buckets),
      'ListBucketVersions',
    ),
    s3(
      sides.flatMap((side) => side.objects),
      ...READ_VERSION,
    ),
  ];
}

function s3(resources: readonly string[], ...actions: string[]): PolicyStatement | undefined {
  return allow('s3', resources, actions);
}

function given(statements: Grants): PolicyStatement[] {
  return statements.filter((statement) => statement !== undefined);
}
