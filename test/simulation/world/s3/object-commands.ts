import type {
  GetObjectCommandInput,
  GetObjectCommandOutput,
  HeadObjectCommandInput,
  HeadObjectCommandOutput,
  PutObjectCommandInput,
  PutObjectCommandOutput,
} from '@aws-sdk/client-s3';
import type { Answer, Effect } from '../service.ts';
import { algorithmOf, checksumFields, fullChecksum } from './checksums.ts';
import { bodiless, preconditionFailed } from './errors.ts';
import { plainETag, quoted } from './etags.ts';
import { described, ofPart, versionOf } from './object-answers.ts';
import { isConditional, judgement, matches } from './preconditions.ts';
import { checkNotArchived, readable } from './reading.ts';
import { bytesOf, contentOf, keyOf, saidOf, tagsOf } from './request-content.ts';
import type { Storage } from './storage.ts';
import type { StoredObject } from './stored-object.ts';

/** What the SDK says of a body of which nobody says what it is. */
const SDK_TYPE = 'application/octet-stream';

export function headObject(storage: Storage, input: HeadObjectCommandInput): Answer<HeadObjectCommandOutput> {
  try {
    const object = readable(storage, input);
    checkRead(input, object);
    return { ...described(object, input.ChecksumMode === 'ENABLED'), ...ofPart(object, input.PartNumber) };
  } catch (error) {
    throw bodiless(error);
  }
}

export function getObject(storage: Storage, input: GetObjectCommandInput): Answer<GetObjectCommandOutput> {
  const object = readable(storage, input);
  checkRead(input, object);
  checkNotArchived(object);
  const Body = streamOf(object.body);
  // The SDK asks for the checksum by itself, to check the body.
  return { ...described(object, true), Body } as unknown as Answer<GetObjectCommandOutput>;
}

export function* putObject(
  storage: Storage,
  input: PutObjectCommandInput,
): Effect<Answer<PutObjectCommandOutput>> {
  const bucket = storage.bucket(input.Bucket);
  const key = keyOf(input);
  const judge = judgement(storage, bucket, key, input);
  if (isConditional(input)) yield 'whole';
  judge();
  const body = bytesOf(input.Body);
  const said = saidOf(bucket, input, storage.now);
  const object = bucket.put(
    {
      key,
      body,
      etag: plainETag(body, said.settings, storage.random),
      content: contentOf({ ...input, ContentType: input.ContentType ?? SDK_TYPE }),
      ...said,
      tags: tagsOf(input.Tagging),
      checksum: fullChecksum(algorithmOf(input.ChecksumAlgorithm), body),
    },
    'PutObject',
  );
  return { ETag: quoted(object.etag), ...checksumFields(object.checksum), ...versionOf(object) };
}

/** As much of the SDK's streams as can be had without Node's, whose ticks the scheduler does not count. */
function streamOf(body: Uint8Array): object {
  const bytes = Uint8Array.from(body);
  return {
    async *[Symbol.asyncIterator]() {
      yield bytes;
    },
    transformToByteArray: async () => bytes,
    transformToString: async (encoding: BufferEncoding = 'utf8') => Buffer.from(bytes).toString(encoding),
  };
}

function checkRead({ IfMatch }: { readonly IfMatch?: string | undefined }, object: StoredObject): void {
  if (IfMatch !== undefined && !matches(IfMatch, object)) throw preconditionFailed('If-Match');
}
