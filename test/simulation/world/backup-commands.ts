import {
  type BackupDetails,
  BackupNotFoundException,
  type CreateBackupCommandInput,
  type CreateBackupCommandOutput,
  type DescribeBackupCommandInput,
  type DescribeBackupCommandOutput,
  TableNotFoundException,
} from '@aws-sdk/client-dynamodb';
import type { Database } from './database.ts';
import { validationError } from './errors.ts';
import type { Answer } from './service.ts';

const BACKUP_NAME = /^[\w.-]{3,255}$/;

/** A backup: nothing of its content is ever asked. */
export interface Backup {
  readonly name: string;
  readonly createdAt: number;
  readonly availableAt: number;
}

export function createBackup(
  database: Database,
  { TableName = '', BackupName = '' }: CreateBackupCommandInput,
): Answer<CreateBackupCommandOutput> {
  if (!BACKUP_NAME.test(BackupName)) throw validationError(`Invalid backup name: ${BackupName}`);
  const { now, random, limits } = database;
  if (!database.has(TableName) || now < database.table(TableName).activeAt)
    throw new TableNotFoundException({
      message: `Table not found: ${TableName}`,
      $metadata: { httpStatusCode: 400 },
    });
  const arn = `${database.table(TableName).arn}/backup/${String(database.backups.size + 1).padStart(8, '0')}`;
  const availableAt = now + random.int(0, limits.enableMilliseconds);
  database.backups.set(arn, { name: BackupName, createdAt: now, availableAt });
  return { BackupDetails: details(database, arn) };
}

export function describeBackup(
  database: Database,
  { BackupArn = '' }: DescribeBackupCommandInput,
): Answer<DescribeBackupCommandOutput> {
  return { BackupDescription: { BackupDetails: details(database, BackupArn) } };
}

function details({ backups, now }: Database, arn: string): BackupDetails {
  const backup = backups.get(arn);
  if (!backup)
    throw new BackupNotFoundException({
      message: `Backup not found: ${arn}`,
      $metadata: { httpStatusCode: 400 },
    });
  return {
    BackupArn: arn,
    BackupName: backup.name,
    BackupStatus: now >= backup.availableAt ? 'AVAILABLE' : 'CREATING',
    BackupType: 'USER',
    BackupCreationDateTime: new Date(backup.createdAt),
  };
}
