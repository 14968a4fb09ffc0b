import type { SQSRecord } from 'aws-lambda';
import type { BucketLocation, Key } from '../../model.ts';
import { decodeListed, keyOfObject } from './s3-key.ts';

/** What is read of an event of S3, as EventBridge hands it on (User Guide, "EventBridge event message structure"). */
export interface ObjectEvent {
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
    return bucket === undefined || key === undefined ? [] : [{ bucket, key, at: Date.parse(time) }];
  });
}

/**
 * The keys of one side that an event may mean, relative to its prefix. Its key is not encoded by EventBridge's page, and
 * encoded by that of S3's own notifications: both are looked at, for a hint too many costs a look.
 */
export function hintedKeys({ bucket, prefix }: BucketLocation, event: ObjectEvent): Key[] {
  if (event.bucket !== bucket) return [];
  return [...new Set([event.key, decoded(event.key)])]
    .filter((key) => key.startsWith(prefix))
    .map((key) => keyOfObject(key.slice(prefix.length)));
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
  };
}
