import type { StoredObject } from './stored-object.ts';

/** The request, or the rule, that an event comes from. */
export type EventReason =
  | 'PutObject'
  | 'CopyObject'
  | 'CompleteMultipartUpload'
  | 'DeleteObject'
  | 'Lifecycle Expiration';

interface EventOfKey {
  readonly bucket: string;
  readonly key: string;
  /** The id of the request that it comes from; of a rule, none. */
  readonly request?: string;
}

/** Changes of what an object carries: each is an event of a type of its own. */
export type AmendmentEvent = 'Object Tags Added' | 'Object Tags Deleted' | 'Object ACL Updated';

/** What S3 tells EventBridge of. */
export type ObjectEvent = EventOfKey &
  (
    | { readonly type: 'Object Created'; readonly reason: EventReason; readonly object: StoredObject }
    | {
        readonly type: 'Object Deleted';
        readonly reason: EventReason;
        readonly marker?: string;
        /** That was deleted for good. */
        readonly version?: string;
      }
    | { readonly type: AmendmentEvent; readonly object: StoredObject }
  );

export type EventType = ObjectEvent['type'];

/** The ETag that an event of a deletion names: that of no bytes at all. */
const EMPTY_ETAG = 'd41d8cd98f00b204e9800998ecf8427e';
const FIRST_SEQUENCER = 0x0060_0000_0000_0000n;

/**
 * An event as EventBridge hands it on (User Guide, EventBridge event message structure). Its key is not encoded.
 *
 * @param number of the event, which the sequencers of one key follow
 */
export function eventBridgeEvent(event: ObjectEvent, number: number, atMilliseconds: number): object {
  return {
    version: '0',
    id: `event-${number}`,
    'detail-type': event.type,
    source: 'aws.s3',
    account: '000000000000',
    time: `${new Date(atMilliseconds).toISOString().slice(0, 19)}Z`,
    region: 'us-east-1',
    resources: [`arn:aws:s3:::${event.bucket}`],
    detail: {
      version: '0',
      bucket: { name: event.bucket },
      object: { key: event.key, ...objectDetail(event, number) },
      'request-id': event.request ?? `rule-${number}`,
      requester: '000000000000',
      'source-ip-address': '127.0.0.1',
      ...eventDetail(event),
    },
  };
}

function objectDetail(event: ObjectEvent, number: number): object {
  if (event.type === 'Object Deleted')
    return {
      etag: EMPTY_ETAG,
      ...(event.marker || event.version ? { 'version-id': event.marker ?? event.version } : {}),
      sequencer: sequencer(number),
    };
  const { body, etag, versionId } = event.object;
  return {
    ...(event.type === 'Object Created' ? { size: body.length, sequencer: sequencer(number) } : {}),
    etag,
    ...(versionId ? { 'version-id': versionId } : {}),
  };
}

function eventDetail(event: ObjectEvent): object {
  if (!('reason' in event)) return {};
  if (event.type === 'Object Created') return { reason: event.reason };
  return {
    reason: event.reason,
    'deletion-type': event.marker ? 'Delete Marker Created' : 'Permanently Deleted',
  };
}

/** Hexadecimal texts of different lengths, to be compared after zeros were added on the right. */
function sequencer(number: number): string {
  return (FIRST_SEQUENCER + BigInt(number)).toString(16).padStart(16, '0').toUpperCase().replace(/0+$/, '');
}
