import type { S3Client, ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-s3';
import type { FinalizeRequestMiddleware, HandlerExecutionContext, SerializeMiddleware } from '@smithy/types';

/** A request of the SDK, before it is signed. */
export interface S3HttpRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query: object;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

type Serialize = (input: object) => Promise<S3HttpRequest>;

/**
 * Makes the request for another input of a command that is under way, as the client itself would make it.
 *
 * The names of bucket and key stand in the host or in the path, in the query, in headers and, under a checksum, in
 * bodies. To rewrite them in a finished request would mean to know the SDK's rules for endpoints (path or virtual host,
 * dual stack, acceleration, an endpoint of one's own), its encoding and its checksums. So the other input goes through
 * the client's own middleware a second time, from the step *serialize* to the retries, and is caught there.
 */
export class S3Serializer {
  readonly #serialize = new WeakMap<HandlerExecutionContext, Serialize>();
  /** Who waits for the request of a command, instead of sending it. */
  readonly #caught = new WeakMap<HandlerExecutionContext, (request: S3HttpRequest) => void>();

  constructor(client: S3Client) {
    client.middlewareStack.add(this.#entrance(), {
      name: 'segueSerializer',
      step: 'serialize',
      // Before all that looks at the bucket's name to find the endpoint.
      priority: 'high',
      override: true,
    });
    client.middlewareStack.addRelativeTo(this.#exit(), {
      name: 'segueSerialized',
      relation: 'before',
      toMiddleware: 'retryMiddleware',
      override: true,
    });
  }

  /**
   * The request for another input, not signed and not sent.
   * @param context of the command.
   */
  request(context: HandlerExecutionContext, input: object): Promise<S3HttpRequest> {
    const serialize = this.#serialize.get(context);
    if (!serialize) throw new Error('the command did not come through the middleware of the router');
    return serialize(input);
  }

  #entrance(): SerializeMiddleware<ServiceInputTypes, ServiceOutputTypes> {
    return (next, context) => async (args) => {
      this.#serialize.set(context, async (input) => {
        const { endpointV2, authSchemes } = context;
        let request: S3HttpRequest | undefined;
        this.#caught.set(context, (caught) => {
          request = caught;
        });
        try {
          await next({ ...args, input: input as ServiceInputTypes });
        } finally {
          this.#caught.delete(context);
          Object.assign(context, { endpointV2, authSchemes });
        }
        if (!request) throw new Error('the request was not serialized');
        return request;
      });
      return next(args);
    };
  }

  #exit(): FinalizeRequestMiddleware<ServiceInputTypes, ServiceOutputTypes> {
    return (next, context) => async (args) => {
      const caught = this.#caught.get(context);
      if (!caught) return next(args);
      caught(args.request as S3HttpRequest);
      return { response: undefined, output: { $metadata: {} } as ServiceOutputTypes };
    };
  }
}
