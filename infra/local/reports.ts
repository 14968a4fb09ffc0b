import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { EmbeddedAws } from './embedded-aws.ts';
import { ROOT } from './workspace.ts';

const NAMES = ['report.html', 'report.json'];

/** Brings the reports from their bucket to the clone's top level. @returns their paths. */
export async function downloadReports(aws: EmbeddedAws, bucket: string): Promise<string[]> {
  const client = new S3Client({ ...aws.clientConfig, forcePathStyle: true });
  const paths: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket })) {
    for (const { Key = '' } of Contents.filter(({ Key = '' }) => NAMES.includes(basename(Key)))) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      const path = join(ROOT, basename(Key));
      writeFileSync(path, (await Body?.transformToByteArray()) ?? '');
      paths.push(path);
    }
  }
  return paths.sort();
}
