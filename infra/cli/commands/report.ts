import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { Command } from 'commander';
import { isNamed } from '../../../shared/errors.ts';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { Deployment, type DeploymentOptions, withDeployment } from '../deployment.ts';

const FILES = ['report.html', 'report.json'] as const;

interface ReportOptions extends DeploymentOptions {
  readonly out: string;
}

/** `segue report` */
export function addReport(program: Command, context: Context): void {
  const command = program
    .command('report')
    .summary('download the report of a migration')
    .description(
      'Downloads the newest report of a migration: report.html for people, report.json for programs. An execution writes it at its end, also after a failure or a dry run.',
    )
    .argument('<migration>', 'name of the migration')
    .option('--out <dir>', 'folder for the two files', '.');
  withDeployment(command, 'ReportBucket')
    .addHelpText('after', '\nExample:\n  $ segue report orders --out reports/orders')
    .action(async (migration: string, options: ReportOptions) => {
      const deployment = new Deployment(context, options);
      const bucket = await deployment.reportBucket();
      const contents = await Promise.all(
        FILES.map((file) => download(deployment, bucket, `${migration}/${file}`)),
      );
      mkdirSync(options.out, { recursive: true });
      for (const [index, file] of FILES.entries()) {
        const path = join(options.out, file);
        writeFileSync(path, contents[index] ?? '');
        context.terminal.write(`${path}\n`);
      }
    });
}

async function download({ clients }: Deployment, bucket: string, key: string): Promise<Uint8Array> {
  try {
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  } catch (error) {
    // S3 denies access to an object that does not exist to whoever may not list the bucket.
    if (!isNamed(error, 'NoSuchKey', 'AccessDenied')) throw error;
    throw new CliError(
      `there is no s3://${bucket}/${key}, or you may not read it: a report is written when an execution ends; look with "segue status"`,
      { cause: error },
    );
  }
}
