import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { EmbeddedAws } from './embedded-aws.ts';
import { LocalError } from './local-error.ts';
import { ROOT } from './workspace.ts';

const NAMES = ['report.html', 'report.json'];

/**
 * Brings the newest reports from their bucket to the clone's top level.
 * @returns their paths.
 * @throws LocalError when one is missing.
 */
export async function downloadReports(aws: EmbeddedAws, bucket: string): Promise<string[]> {
  const client = new S3Client({ ...aws.clientConfig, forcePathStyle: true });
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket });
  const objects = (await Array.fromAsync(pages)).flatMap(({ Contents = [] }) => Contents);
  objects.sort((a, b) => Number(b.LastModified) - Number(a.LastModified));
  const paths: string[] = [];
  for (const name of NAMES) {
    const newest = objects.find(({ Key = '' }) => basename(Key) === name);
    if (!newest) throw new LocalError(`${name} is missing in the bucket ${bucket}`);
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: newest.Key }));
    const path = join(ROOT, name);
    writeFileSync(path, (await Body?.transformToByteArray()) ?? '');
    paths.push(path);
  }
  return paths;
}
