import type { BucketLocation } from '../../model.ts';

// What a user is told to run, with the AWS CLI.

export function listUploads({ bucket, prefix }: BucketLocation): string {
  return `aws s3api list-multipart-uploads --bucket ${bucket}${prefix ? ` --prefix ${quoted(prefix)}` : ''}`;
}

/** Reads a setting of one bucket, by the name of its operation, and sets it at another one. */
export function carrySetting(setting: string, source: string, target: string): string {
  return `aws s3api get-${setting} --bucket ${source}, then aws s3api put-${setting} --bucket ${target}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
