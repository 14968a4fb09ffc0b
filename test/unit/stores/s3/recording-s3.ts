import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { s3Client } from '../../../../shared/clients.ts';

/** A request as it was on the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** An answer that is an error. Without a code it has no text. */
export interface Refusal {
  readonly status: number;
  readonly code?: string;
}

/** What a path-style S3 answers, by what tells its requests apart. Each object has `etag`, and 6 MiB. */
function answerTo({ method = '', url = '', headers }: IncomingMessage, etag: string) {
  const query = new URL(url, 'http://localhost').searchParams;
  if (method === 'HEAD')
    return {
      headers: {
        ETag: etag,
        'Content-Length': String(6 * 1024 ** 2),
        'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=',
        'x-amz-checksum-type': 'FULL_OBJECT',
      },
    };
  if (query.has('tagging')) return { body: '<Tagging><TagSet></TagSet></Tagging>' };
  if (query.has('uploads'))
    return {
      body: '<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>',
    };
  if (query.has('partNumber')) return { body: '<CopyPartResult><ETag>"part"</ETag></CopyPartResult>' };
  if (method === 'POST') return { body: '<CompleteMultipartUploadResult></CompleteMultipartUploadResult>' };
  if (headers['x-amz-copy-source']) return { body: '<CopyObjectResult></CopyObjectResult>' };
  return {};
}

function refused({ code }: Refusal): ReturnType<typeof answerTo> {
  return code === undefined ? {} : { body: `<Error><Code>${code}</Code><Message>refused</Message></Error>` };
}

/**
 * An S3 of the loopback interface that says yes to everything, and remembers what it was asked.
 * @param refusals what it answers to the first requests of a method instead
 */
export async function startRecordingS3(
  etag: string,
  refusals: Readonly<Record<string, readonly Refusal[]>> = {},
) {
  const requests: WireRequest[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    const refusal = refusals[method]?.[requests.filter((one) => one.method === method).length];
    requests.push({ method, url, headers });
    const answer = refusal ? refused(refusal) : answerTo(request, etag);
    request.resume().on('end', () => {
      response.writeHead(refusal?.status ?? 200, answer.headers);
      response.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const clients: S3Client[] = [];
  const client = (config: S3ClientConfig = {}) => {
    const made = s3Client({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      forcePathStyle: true,
      ...config,
    });
    clients.push(made);
    return made;
  };
  return {
    client,
    requests: requests as readonly WireRequest[],
    async stop(): Promise<void> {
      for (const made of clients) made.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
