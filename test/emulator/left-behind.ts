import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { Item } from '../../infra/local/cities/item-text.ts';
import type { MigrationReport } from '../../shared/report/report.ts';
import { outputs, s3 } from './aws.ts';
import { itemsOf } from './table-content.ts';

/** Everything that the journal keeps under a name. */
export async function journalOf(name: string): Promise<Item[]> {
  const records = await itemsOf(outputs.JournalTable);
  return records.filter(({ pk }) => pk?.S?.split('#').includes(name));
}

/** The newest report of a migration, and its twin. */
export async function reportOf(
  name: string,
  { ReportBucket: Bucket } = outputs,
): Promise<{ html: string; json: MigrationReport }> {
  const read = async (extension: string): Promise<string> => {
    const Key = `${name}/report.${extension}`;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToString()) ?? '';
  };
  return { html: await read('html'), json: JSON.parse(await read('json')) };
}
