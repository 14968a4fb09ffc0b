const LONGEST_TEXT = 16;

interface KnownInput {
  readonly Bucket?: string;
  readonly Key?: string;
  readonly Body?: string | Uint8Array;
  readonly CopySource?: string;
  readonly CopySourceRange?: string;
  readonly CopySourceIfMatch?: string;
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
  readonly UploadId?: string;
  readonly VersionId?: string;
  readonly KeyMarker?: string;
  readonly VersionIdMarker?: string;
  readonly PartNumber?: number;
  readonly Prefix?: string;
  readonly StartAfter?: string;
  readonly ContinuationToken?: string;
  readonly Delete?: { readonly Objects?: readonly { readonly Key?: string; readonly ETag?: string }[] };
  readonly Tagging?: string | { readonly TagSet?: readonly Tag[] };
}

interface Tag {
  readonly Key?: string;
  readonly Value?: string;
}

/** One line about a request, for the trace. */
export function requestText(operation: string, input: KnownInput): string {
  const { Bucket, Key, Body, CopySource, CopySourceRange, CopySourceIfMatch, Delete, Tagging } = input;
  const parts = [`${operation} ${Bucket}${Key === undefined ? '' : `/${Key}`}`];
  if (Body !== undefined) parts.push(bodyText(Body));
  if (CopySource) parts.push(`from ${CopySource}`);
  if (CopySourceRange) parts.push(CopySourceRange);
  if (CopySourceIfMatch) parts.push(`if it is ${etagText(CopySourceIfMatch)}`);
  if (input.UploadId) parts.push(`of ${input.UploadId}`);
  if (input.VersionId) parts.push(`as ${input.VersionId}`);
  if (input.PartNumber !== undefined) parts.push(`part ${input.PartNumber}`);
  if (input.IfNoneMatch) parts.push(`if there is no ${etagText(input.IfNoneMatch)}`);
  if (input.IfMatch) parts.push(`if there is ${etagText(input.IfMatch)}`);
  if (input.Prefix) parts.push(`${input.Prefix}…`);
  if (input.KeyMarker) parts.push(`after ${input.KeyMarker} ${input.VersionIdMarker ?? ''}`);
  if (input.StartAfter) parts.push(`after ${input.StartAfter}`);
  if (input.ContinuationToken) parts.push(`from ${input.ContinuationToken}`);
  for (const { Key: key, ETag } of Delete?.Objects ?? [])
    parts.push(`${key}${ETag ? ` if there is ${etagText(ETag)}` : ''}`);
  if (Tagging) parts.push(typeof Tagging === 'string' ? Tagging : tagsText(Tagging.TagSet));
  return parts.join(' ');
}

interface ListedVersion {
  readonly Key?: string;
  readonly VersionId?: string;
  readonly ETag?: string;
}

interface KnownResult {
  readonly ETag?: string;
  readonly CopyObjectResult?: { readonly ETag?: string };
  readonly CopyPartResult?: { readonly ETag?: string };
  readonly ContentLength?: number;
  readonly UploadId?: string;
  readonly Contents?: readonly { readonly Key?: string; readonly ETag?: string }[];
  readonly Versions?: readonly ListedVersion[];
  readonly DeleteMarkers?: readonly ListedVersion[];
  readonly Uploads?: readonly { readonly Key?: string }[];
  readonly Parts?: readonly { readonly PartNumber?: number }[];
  readonly IsTruncated?: boolean;
  readonly TagSet?: readonly Tag[];
  readonly Errors?: readonly { readonly Key?: string; readonly Code?: string }[];
  readonly DeleteMarker?: boolean;
}

/** What came of a request, in a few words. */
export function resultText(result: KnownResult): string {
  const parts: string[] = [];
  const etag = result.ETag ?? result.CopyObjectResult?.ETag ?? result.CopyPartResult?.ETag;
  if (etag) parts.push(etagText(etag));
  if (result.ContentLength !== undefined) parts.push(`${result.ContentLength} bytes`);
  if (result.UploadId) parts.push(result.UploadId);
  if (result.Contents)
    parts.push(
      result.Contents.map(({ Key, ETag = '' }) => `${Key} ${etagText(ETag)}`).join(', ') || 'no objects',
    );
  for (const { Key, VersionId, ETag = 'deleted' } of [
    ...(result.Versions ?? []),
    ...(result.DeleteMarkers ?? []),
  ])
    parts.push(`${Key} ${VersionId} ${etagText(ETag)}`);
  if (result.Uploads) parts.push(result.Uploads.map(({ Key }) => Key).join(', ') || 'no uploads');
  if (result.Parts) parts.push(`parts ${result.Parts.map(({ PartNumber }) => PartNumber).join(' ')}`);
  if (result.IsTruncated) parts.push('…');
  if (result.TagSet) parts.push(tagsText(result.TagSet));
  for (const { Key, Code } of result.Errors ?? []) parts.push(`${Key}: ${Code}`);
  if (result.DeleteMarker) parts.push('a delete marker');
  return parts.join(' ') || 'ok';
}

function bodyText(body: string | Uint8Array): string {
  return typeof body === 'string' && body.length <= LONGEST_TEXT ? `"${body}"` : `<${body.length} bytes>`;
}

/** Enough of an ETag to tell it from others. */
function etagText(etag: string): string {
  const [hash = '', count] = etag.replaceAll('"', '').split('-');
  return `${hash.slice(0, 6)}${count ? `-${count}` : ''}`;
}

function tagsText(tags: readonly Tag[] = []): string {
  return `{${tags.map(({ Key, Value }) => `${Key}: ${Value}`).join(', ')}}`;
}
