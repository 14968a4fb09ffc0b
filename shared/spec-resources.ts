import * as z from 'zod/mini';
import { described, wholeNumber } from './spec-fields.ts';

const TABLE = /^[a-zA-Z0-9_.-]{3,255}$/;
const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/;

const location = {
  table: described(z.string().check(z.regex(TABLE)), 'Name of the table.'),
  account: z.optional(
    described(
      z.string().check(z.regex(/^\d{12}$/)),
      'Account of the table. Default: the account of the stack.',
    ),
  ),
  region: z.optional(
    described(
      z.string().check(z.regex(/^[a-z]{2}(-[a-z]+)+-\d$/)),
      'Region of the table. Default: the Region of the stack.',
    ),
  ),
  role: z.optional(
    described(
      z.string().check(z.regex(ROLE)),
      'Role to assume for the table. Default: the role of each worker.',
    ),
  ),
};

const existingItems = z._default(
  described(
    z.enum(['refuse', 'replace']),
    'What to do when the target holds items: refuse the migration, or compare and repair them until both sides are equal (what only the target holds is removed).',
  ),
  'refuse',
);

/** A pair of tables. */
export const tableResource = z.strictObject({
  source: z.strictObject(location),
  target: z.strictObject({
    ...location,
    create: z._default(
      described(
        z.boolean(),
        "Create the table from the source's description (keys, indexes, billing, encryption, tags). Otherwise it must exist.",
      ),
      false,
    ),
  }),
  existingItems,
});

/** Without those of S3's directory buckets, access points and buckets from before 2018 (User Guide, "Bucket naming"). */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** The journal keeps records under the name of a side: a sort key of DynamoDB has at most 1,024 bytes. */
const LONGEST_PREFIX = 255;
const LONGEST_PRESIGNED_SECONDS = 7 * 24 * 3_600;
/** S3 copies at once up to 5 GB, and wants parts of at least 5 MB (User Guide, "Multipart upload limits"). */
const MOST_COPIED_MEGABYTES = 5_120;
const LEAST_PART_MEGABYTES = 5;
/** An event has a minute to be settled, and a write pause less. */
const SINGLE_MEGABYTES = 1_024;

const bucketLocation = z.strictObject({
  bucket: described(z.string().check(z.regex(BUCKET)), 'Name of the bucket.'),
  prefix: z._default(
    described(
      z.string().check(z.maxLength(LONGEST_PREFIX)),
      'What the keys of the objects begin with, as "photos/". Empty: the whole bucket.',
    ),
    '',
  ),
});

/** A pair of buckets, or of folders of buckets. */
export const bucketResource = z.strictObject({
  source: bucketLocation,
  target: bucketLocation,
  existingItems,
  compare: z._default(
    described(
      z.enum(['listing', 'everything', 'bytes']),
      'What a comparison goes by: what each object carries (metadata, headers, tags) and its storage class, beside size and ETag; the bytes of each object, too; or sizes and ETags as they are listed alone, and more only where these differ, which is faster and does not see a change of tags or metadata alone.',
    ),
    'everything',
  ),
  acls: z._default(
    described(
      z.boolean(),
      'Carry the access control lists of objects, too, and compare everything. Needs a stack with objectAcls.',
    ),
    false,
  ),
  objectLock: z._default(
    described(
      z.boolean(),
      'Carry retention and legal holds of objects (Object Lock), too, and compare everything. Needs a stack with objectLock.',
    ),
    false,
  ),
  versions: z._default(
    described(
      z.enum(['current', 'all']),
      'Which versions of each object are moved: the current one, or all of them with their delete markers, without access control lists and locks. Both buckets must keep versions then. Needs a stack with objectVersions.',
    ),
    'current',
  ),
  inventory: z.optional(
    described(
      bucketLocation,
      'Where S3 Inventory publishes its lists of the source, as CSV: its destination bucket, and as the prefix "<destination prefix>/<source bucket>/<name of the configuration>". The units of the copy are cut by the newest list; without one by probing the listing. Needs a stack with inventoryBuckets.',
    ),
  ),
  presignedSeconds: z._default(
    described(
      wholeNumber(0, LONGEST_PRESIGNED_SECONDS),
      'Longest life of a presigned URL that writes these objects: no router sees what it is used for. The cutover waits as long from Ready on. 0: there are none.',
    ),
    0,
  ),
  singleMegabytes: z._default(
    described(
      wholeNumber(1, MOST_COPIED_MEGABYTES),
      'Larger objects are copied in parts, and an interrupted copy goes on where it was. Objects without a checksum that any copy keeps (a CRC of all bytes, which S3 computes since December 2024) are copied as they were uploaded, whatever their size up to 5 GB: only so their ETags prove them equal.',
    ),
    SINGLE_MEGABYTES,
  ),
  partMegabytes: z._default(
    described(
      wholeNumber(LEAST_PART_MEGABYTES, MOST_COPIED_MEGABYTES),
      'Size of such a part, where an object was not uploaded in parts of its own.',
    ),
    256,
  ),
});
