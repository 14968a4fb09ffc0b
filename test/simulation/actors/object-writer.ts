import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { BucketStage } from '../bucket-stage.ts';
import type { Setting } from '../setting.ts';
import { Random } from '../world/random.ts';
import type { Task } from '../world/task.ts';

type Client = Pick<S3Client, 'send'>;
/** A comparison looks four times, over 1.4 seconds, before it repairs. */
const AFTER = [0, 0, 1_400] as const;
const PHASES = ['copy', 'copy', 'verify', 'verify', 'catch up'] as const;
const BODIES = ['', 'same again', 'short'] as const;
const PART_BYTES = 12;
/** Long after every schedule. */
const FIRST_RETENTION = Date.UTC(2100, 0, 1);
const DAY = 24 * 3_600_000;

/** Writes any object of the source without a router. What each request did is known from the bucket itself. */
export async function writeObjects(task: Task, stage: BucketStage): Promise<void> {
  const client = stage.world.s3Client(task);
  const random = new Random(task.name).fork(String(stage.random.int(0, 1e9)));
  for (let count = 1; count <= stage.setting.writes; count++) {
    const target = { Bucket: 'source', Key: stage.key('source', random.pick(stage.keys)) };
    const name = `${task.name} ${count}`;
    const isLocked = stage.setting.objectLock && random.chance(0.3);
    const written = isLocked
      ? lockObject(client, random, target)
      : writeObject(client, random, target, name, stage.setting);
    await written.catch(() => stage.count('write without an answer'));
    if (random.chance(0.6)) {
      // Just when somebody reads or copies the same objects.
      await stage.moments.next(task, random.pick(PHASES));
      await task.runtime.sleep(random.pick(AFTER) + random.int(0, random.pick([5, 50, 500])));
    } else if (random.chance(0.5)) await task.runtime.sleep(random.int(0, stage.setting.restMilliseconds));
  }
}

interface Target {
  readonly Bucket: string;
  readonly Key: string;
}

/** Writes an object in one of the ways there are. What it carries names the write, unless it deletes. */
export async function writeObject(
  client: Client,
  random: Random,
  target: Target,
  name: string,
  { acls, objectLock }: Pick<Setting, 'acls' | 'objectLock'>,
): Promise<void> {
  const grants = { GrantRead: `id="${name}"`, GrantFullControl: 'uri="everybody"' };
  if (acls && random.chance(0.15)) {
    await client.send(new PutObjectAclCommand({ ...target, ...grants }));
    return;
  }
  const carried = {
    ...(acls && random.chance(0.4) ? grants : {}),
    ...(objectLock && random.chance(0.4) ? retention(random) : {}),
    ContentType: random.pick(['text/plain', 'image/png']),
    Metadata: { by: name },
    ...(random.chance(0.1) ? { WebsiteRedirectLocation: `/${name}` } : {}),
    ...(random.chance(0.1) ? { StorageClass: 'STANDARD_IA' as const } : {}),
  };
  const tags = random.chance(0.4) ? { Tagging: `by=${encodeURIComponent(name)}` } : {};
  const kind = random.int(0, 9);
  if (kind < 4) {
    const Body = random.chance(0.5) ? random.pick(BODIES) : `${name} and some more bytes`;
    await client.send(new PutObjectCommand({ ...target, ...carried, ...tags, Body }));
  } else if (kind < 7) await client.send(new DeleteObjectCommand(target));
  // What neither ETag nor size tells of.
  else if (kind === 7)
    await client.send(
      new PutObjectTaggingCommand({ ...target, Tagging: { TagSet: [{ Key: 'by', Value: name }] } }),
    );
  else if (kind === 8)
    await client.send(
      new CopyObjectCommand({
        ...target,
        CopySource: `${target.Bucket}/${target.Key.split('/').map(encodeURIComponent).join('/')}`,
        MetadataDirective: 'REPLACE',
        ...carried,
      }),
    );
  else await uploadInParts(client, target, { ...carried, ...tags }, `${name} in parts of some bytes each`);
}

/** Locks an object, or lets it go: no event tells of it, and nothing of the object but this. */
async function lockObject(client: Client, random: Random, target: Target): Promise<void> {
  if (random.chance(0.5)) {
    const LegalHold = { Status: random.pick(['ON', 'OFF'] as const) };
    await client.send(new PutObjectLegalHoldCommand({ ...target, LegalHold }));
    return;
  }
  const { ObjectLockMode: Mode, ObjectLockRetainUntilDate: RetainUntilDate } = retention(random);
  await client.send(new PutObjectRetentionCommand({ ...target, Retention: { Mode, RetainUntilDate } }));
}

function retention(random: Random) {
  return {
    ObjectLockMode: random.pick(['GOVERNANCE', 'GOVERNANCE', 'COMPLIANCE'] as const),
    ObjectLockRetainUntilDate: new Date(FIRST_RETENTION + random.int(0, 9) * DAY),
  };
}

async function uploadInParts(client: Client, target: Target, carried: object, body: string): Promise<void> {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...target, ...carried, ChecksumAlgorithm: 'SHA256' }),
  );
  const Parts = [];
  for (let start = 0, PartNumber = 1; start < body.length; start += PART_BYTES, PartNumber++) {
    const { ETag, ChecksumSHA256 } = await client.send(
      new UploadPartCommand({
        ...target,
        UploadId,
        PartNumber,
        Body: body.slice(start, start + PART_BYTES),
      }),
    );
    Parts.push({ PartNumber, ETag, ChecksumSHA256 });
  }
  await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
}
