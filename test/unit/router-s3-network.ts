import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { Route, RoutedBucket } from '../../shared/route.ts';
import { routedS3, type S3RouterProps } from '../../shared/router-s3.ts';
import { type Runtime, systemRuntime } from '../../shared/runtime.ts';
import { Network, ROUTE } from './router-network.ts';

export const BUCKETS: readonly RoutedBucket[] = [
  { source: { bucket: 'photos', prefix: 'a/' }, target: { bucket: 'photos-v2', prefix: 'new/' } },
  { source: { bucket: 'photos', prefix: 'a/raw/' }, target: { bucket: 'raw', prefix: '' } },
];

export const S3_ROUTE: Route = { ...ROUTE, protocol: 2, tables: [], buckets: BUCKETS };

export interface SentToS3 {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export type S3Reply =
  | { readonly status?: number; readonly body?: string; readonly headers?: Record<string, string> }
  | 'silence';

interface S3HandlerRequest {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

const SILENCE = new Promise<never>(() => {});
export const PROOF_KEY = 'segue-proof';

/** S3 under a real client of the SDK. */
export class S3Network {
  /** What was sent, without the proofs of permissions. */
  readonly sent: SentToS3[] = [];
  readonly proofs: SentToS3[] = [];
  answer: (sent: SentToS3) => S3Reply | Promise<S3Reply> = () => ({});
  prove: (sent: SentToS3) => S3Reply = () => ({ status: 412, body: errorBody('PreconditionFailed') });

  readonly handler = {
    handle: async (request: S3HandlerRequest) => {
      const { method, hostname: host, path, query, headers } = request;
      const sent: SentToS3 = {
        method,
        host,
        path,
        query,
        headers: { ...headers },
        body: await bodyText(request.body),
      };
      const reply = await this.#answerTo(sent);
      if (reply === 'silence') return SILENCE;
      const { status: statusCode = 200, body = '', headers: answered = {} } = reply;
      return { response: { statusCode, headers: answered, body: Readable.from([Buffer.from(body)]) } };
    },
  };

  /** Method, host and path of each request. */
  get lines(): string[] {
    return this.sent.map(({ method, host, path }) => `${method} ${host}${path}`);
  }

  #answerTo(sent: SentToS3): S3Reply | Promise<S3Reply> {
    if (sent.path.endsWith(PROOF_KEY)) {
      this.proofs.push(sent);
      return this.prove(sent);
    }
    this.sent.push(sent);
    return this.answer(sent);
  }
}

/** An application's client of S3 with the router in it, over networks and a clock of the test's own. */
export class S3Scene {
  readonly network = new S3Network();
  /** Where the route is read and hints are noted. */
  readonly table = new Network();
  now = 1_000_000;
  readonly client: S3Client;

  constructor(props: Partial<S3RouterProps> = {}, config: S3ClientConfig = {}) {
    const runtime: Runtime = {
      ...systemRuntime,
      now: () => this.now,
      // Time is moved by the test; a limit of time passes quickly.
      sleep: (milliseconds, signal) => systemRuntime.sleep(milliseconds / 20, signal),
    };
    const common = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
    const routeClient = new DynamoDBClient({
      ...common,
      requestHandler: this.table.handler as never,
      maxAttempts: 1,
    });
    this.table.route = S3_ROUTE;
    this.client = routedS3(
      new S3Client({
        ...common,
        requestHandler: this.network.handler as never,
        maxAttempts: 4,
        ...config,
      }),
      { migration: 'm', routeTable: 'route', routeClient, runtime, ...props },
    );
  }

  /** The route changes, and whoever has cached it must read it again. */
  turnTo(state: Route['state'], more: Partial<Route> = {}): void {
    this.table.route = {
      ...S3_ROUTE,
      state,
      ...(state === 'target' ? { active: 'target', switchedAt: this.now } : {}),
      ...more,
    };
    this.now += 2_000;
  }

  /** What was noted of the writes: the resource, the side, the keys. */
  get hints() {
    return this.table.toRoute.flatMap(({ operation, body }) => {
      const item = body.Item as Record<string, { S?: string; N?: string; L?: { S: string }[] }> | undefined;
      if (operation !== 'PutItem' || !item?.name?.S?.startsWith('m~hints#')) return [];
      return [
        { resource: Number(item.resource?.N), side: item.side?.S, keys: item.keys?.L?.map(({ S }) => S) },
      ];
    });
  }
}

export function errorBody(code: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>said S3</Message></Error>`;
}

function bodyText(body: unknown): Promise<string> | string {
  if (body === undefined || body === null) return '';
  if (body instanceof Readable) return text(body);
  return typeof body === 'string' ? body : Buffer.from(body as Uint8Array).toString();
}
