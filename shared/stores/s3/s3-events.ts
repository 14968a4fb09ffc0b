import type { SQSRecord } from 'aws-lambda';
import type { BucketLocation } from '../../model.ts';
import type { HintedChange } from '../feed.ts';
import { decodeListed, keyOfObject } from './s3-key.ts';

/**
 * By these the migrator changes objects, for which events give a reason. It uploads none: what was made by another
 * request it has not made.
 */
const OWN_REASONS = ['CopyObject', 'CompleteMultipartUpload', 'DeleteObject'];
/** A rule of the bucket's has made it (User Guide, "EventBridge event message structure", `reason`). */
const EXPIRED = 'Lifecycle Expiration';

/** What is read of an event of S3, as EventBridge hands it on (User Guide, "EventBridge event message structure"). */
export interface ObjectEvent extends Pick<HintedChange, 'by' | 'request'> {
  readonly bucket: string;
  /** The whole key. */
  readonly key: string;
  /** When it happened; milliseconds since the epoch, by S3's clock, in whole seconds. */
  readonly at: number;
}

/** The events that a queue's messages carry. @throws SyntaxError for a message that is no JSON. */
export function objectEvents(messages: readonly Pick<SQSRecord, 'body'>[]): ObjectEvent[] {
  return messages.flatMap(({ body }) => {
    const { detail, time = '' } = JSON.parse(body) as EventMessage;
    const bucket = detail?.bucket?.name;
    const key = detail?.object?.key;
    if (bucket === undefined || key === undefined) return [];
    const { 'request-id': request, reason } = detail ?? {};
    return [{ bucket, key, at: Date.parse(time), by: byWhom(reason), ...(request ? { request } : {}) }];
  });
}

/** Events of tags, of access and of restored objects tell no reason. */
function byWhom(reason: string | undefined): HintedChange['by'] {
  if (reason === EXPIRED) return 'expiry';
  return reason === undefined || OWN_REASONS.includes(reason) ? 'anybody' : 'others';
}

/**
 * The changes of one side that an event may mean, by keys relative to its prefix. Its key is not encoded by
 * EventBridge's page, and encoded by that of S3's own notifications: both are looked at, for a hint too many costs a
 * look.
 */
export function hintedChanges({ bucket, prefix }: BucketLocation, event: ObjectEvent): HintedChange[] {
  if (event.bucket !== bucket) return [];
  const keys = [...new Set([event.key, decoded(event.key)])];
  const { at, request } = event;
  // Nobody is blamed for a change of the key that was not meant.
  const by = event.by === 'others' && keys.length > 1 ? 'anybody' : event.by;
  return keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => ({
      key: keyOfObject(key.slice(prefix.length)),
      at,
      by,
      ...(request === undefined ? {} : { request }),
    }));
}

function decoded(key: string): string {
  try {
    return decodeListed(key);
  } catch {
    return key; // Not encoded.
  }
}

interface EventMessage {
  readonly time?: string;
  readonly detail?: {
    readonly bucket?: { readonly name?: string };
    readonly object?: { readonly key?: string };
    readonly 'request-id'?: string;
    readonly reason?: string;
  };
}
