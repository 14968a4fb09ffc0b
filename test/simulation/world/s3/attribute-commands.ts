import type {
  GetObjectAttributesCommandInput,
  GetObjectAttributesCommandOutput,
  GetObjectAttributesParts,
} from '@aws-sdk/client-s3';
import type { Answer } from '../service.ts';
import { checksumFields, partChecksumFields } from './checksums.ts';
import { versionOf, wholeSeconds } from './object-answers.ts';
import { readable } from './reading.ts';
import type { Storage } from './storage.ts';
import type { StoredObject } from './stored-object.ts';

/** What the request names of an object. Its ETag comes without quotes here. */
export function getObjectAttributes(
  storage: Storage,
  input: GetObjectAttributesCommandInput,
): Answer<GetObjectAttributesCommandOutput> {
  const object = readable(storage, input);
  const wanted = new Set<string>(input.ObjectAttributes);
  const { body, checksum, etag, parts, settings } = object;
  return {
    LastModified: wholeSeconds(object.lastModifiedMilliseconds),
    ...(wanted.has('ETag') ? { ETag: etag } : {}),
    ...(wanted.has('Checksum') && checksum ? { Checksum: checksumFields(checksum) } : {}),
    ...(wanted.has('ObjectParts') && parts ? { ObjectParts: partsPage(storage, object, input) } : {}),
    ...(wanted.has('StorageClass') && settings.StorageClass !== 'STANDARD'
      ? { StorageClass: settings.StorageClass }
      : {}),
    ...(wanted.has('ObjectSize') ? { ObjectSize: body.length } : {}),
    ...versionOf(object),
  };
}

/**
 * Parts are listed of objects that were uploaded with a checksum of another kind than S3's own default; of all others
 * the answer says how many there are (API reference, GetObjectAttributesParts).
 */
function partsPage(
  { limits }: Storage,
  { checksum, parts = [] }: StoredObject,
  { MaxParts = 1_000, PartNumberMarker }: GetObjectAttributesCommandInput,
): GetObjectAttributesParts {
  if (!checksum || checksum.algorithm === 'CRC64NVME') return { TotalPartsCount: parts.length };
  const rest = parts.filter(({ number }) => number > Number(PartNumberMarker ?? 0));
  const page = rest.slice(0, Math.min(MaxParts, limits.pageParts));
  return {
    TotalPartsCount: parts.length,
    IsTruncated: page.length < rest.length,
    NextPartNumberMarker: String(page.at(-1)?.number ?? 0),
    Parts: page.map(({ number, bytes, checksum: ofPart }) => ({
      PartNumber: number,
      Size: bytes,
      ...partChecksumFields(ofPart),
    })),
  };
}
