import { ListMultipartUploadsCommand, type S3Client } from '@aws-sdk/client-s3';
import { type Evidence, judge } from '../judge.ts';
import type { Finding, Verdict } from '../verdict.ts';
import { type Picture, pictureDigest } from './picture.ts';
import type { PicturePlace } from './picture-bucket.ts';
import { takePictureSnapshot } from './picture-snapshot.ts';

export interface PictureCheckOptions extends Pick<Evidence, 'ledger' | 'switchedAt'> {
  /** Without the router: it reads both sides as they are. While there is a way back, the application's own client. */
  readonly client: S3Client;
  /** The side that was left; left out while it is still kept in step. */
  readonly source?: PicturePlace;
  /** The side that the application works on, by the place that the client knows. */
  readonly target: PicturePlace;
  /** What the source was filled with, by key. */
  readonly seeded: ReadonlyMap<string, Picture>;
}

/**
 * The independent count: reads every object of both sides with its bytes, when nobody writes any more, and holds them
 * against what the application was told. It imports nothing of the migrator's.
 */
export async function checkPictures(options: PictureCheckOptions): Promise<Verdict> {
  const { client, source, target, seeded, ...rest } = options;
  const verdict = judge({
    ...rest,
    source: source && (await takePictureSnapshot(client, source)),
    target: await takePictureSnapshot(client, target),
    seeded: {
      digests: new Map([...seeded].map(([key, picture]) => [key, pictureDigest(picture)] as const)),
    },
  });
  return { ...verdict, findings: [...verdict.findings, ...(await openUploads(client, target))] };
}

/** Uploads in parts that nobody has ended: their parts are paid for. */
async function openUploads(client: S3Client, { bucket, prefix }: PicturePlace): Promise<Finding[]> {
  const { Uploads = [] } = await client.send(
    new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix }),
  );
  return Uploads.map(({ Key = '' }) => ({
    ...{ kind: 'reserved', side: 'target', key: Key.slice(prefix.length) },
    detail: 'an upload in parts that was never ended',
  }));
}
