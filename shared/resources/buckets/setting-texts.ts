import { createHash } from 'node:crypto';
import type { LifecycleRule, ServerSideEncryptionRule } from '@aws-sdk/client-s3';

// What is set at a bucket, in words of one line: the same words for the same setting.

export function versioningText(status: string | undefined): string {
  return status ?? 'off';
}

/** S3 encrypts by itself since 2023 (User Guide, "Default encryption FAQ"). */
export function encryptionText([rule]: readonly ServerSideEncryptionRule[]): string {
  const { SSEAlgorithm = 'AES256', KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {};
  const bucketKey = rule?.BucketKeyEnabled ? ', with a bucket key' : '';
  return `${SSEAlgorithm}${KMSMasterKeyID ? ` (${KMSMasterKeyID})` : ''}${bucketKey}`;
}

export function lifecycleText(rules: readonly LifecycleRule[]): string {
  return listText(
    rules.filter(({ Status }) => Status === 'Enabled'),
    'rule',
  );
}

/** How many of something there are, with a digest that tells others from them. */
export function listText(list: readonly object[], noun: string): string {
  if (list.length === 0) return 'none';
  const digest = digestText(list.map((one) => JSON.stringify(one)).sort());
  return `${list.length} ${noun}${list.length === 1 ? '' : 's'} (${digest})`;
}

export function presenceText(value: unknown): string {
  return value === undefined ? 'none' : `set (${digestText(value)})`;
}

function digestText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `SHA-256 ${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
}
