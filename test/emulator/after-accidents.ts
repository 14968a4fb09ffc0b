import type { MadeByAws } from './made-by-aws.ts';

/** Grants that only an accident needs which no test can bring about on the deployed stack, and where it is shown. */
export type AfterAccident = Omit<MadeByAws, 'page'> & { readonly shown: string };

export const AFTER_ACCIDENTS: readonly AfterAccident[] = [
  {
    role: /Workers(copy|cutover|hint|standby|verify)/,
    action: /^s3:(AbortMultipartUpload|ListBucketMultipartUploads|ListMultipartUploadParts)$/,
    what: 'a copy in parts that a worker has left half done is found again, and gone on with or ended',
    shown: 'test/contract/s3/parts-contract.ts',
  },
  {
    role: /Workerscomplete/,
    action: /^s3:(AbortMultipartUpload|ListBucketMultipartUploads)$/,
    what: 'the same at the end of a migration',
    shown: 'test/unit/engine/unrouted.test.ts',
  },
];
