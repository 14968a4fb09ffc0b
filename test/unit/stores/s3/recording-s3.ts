import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { s3Client } from '../../../../shared/clients.ts';

/** A request as it was on the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** What a path-style S3 answers, by what tells its requests apart. Each object has `etag`, and 6 MiB. */
function answerTo({ method = '', url = '', headers }: IncomingMessage, etag: string) {
  const query = new URL(url, 'http://localhost').searchParams;
  if (method === 'HEAD') return { headers: { ETag: etag, 'Content-Length': String(6 * 1024 ** 2) } };
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

/** An S3 of the loopback interface that says yes to everything, and remembers what it was asked. */
export async function startRecordingS3(etag: string) {
  const requests: WireRequest[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    requests.push({ method, url, headers });
    const answer = answerTo(request, etag);
    request.resume().on('end', () => {
      response.writeHead(200, answer.headers);
      response.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = s3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
  });
  return {
    client,
    requests: requests as readonly WireRequest[],
    async stop(): Promise<void> {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
