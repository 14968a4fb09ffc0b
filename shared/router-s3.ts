import type { S3Client, ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-s3';
import type { FinalizeRequestMiddleware, HandlerExecutionContext, InitializeMiddleware } from '@smithy/types';
import type { DynamoDB, S3 } from './clients.ts';
import { followFrom, RequestRouter } from './request-router.ts';
import { RouteTable } from './route.ts';
import { type BucketBypass, bucketBypassProblem, bucketKillSwitch } from './router-bypass.ts';
import type { S3Input } from './router-s3-names.ts';
import { proveBuckets } from './router-s3-proof.ts';
import { S3Request } from './router-s3-request.ts';
import { type Runtime, systemRuntime } from './runtime.ts';
import { type S3HttpRequest, S3Serializer } from './s3-serializer.ts';

export interface S3RouterProps {
  /** Name of the migration. */
  readonly migration: string;
  /** Name of the stack's route table (output `RouteTable`). */
  readonly routeTable: string;
  /** Reads the route, and notes the keys of writes; the application's own client for DynamoDB will do. */
  readonly routeClient: DynamoDB;
  /** The kill switch. @default none: requests always go as the route says */
  readonly bypass?: BucketBypass;
  /** @default the system's clock and randomness */
  readonly runtime?: Runtime;
}

/**
 * Puts the router into an S3 client of the AWS SDK v3: from now on each attempt of each request for objects goes to the
 * side that the route names.
 * @returns the same client.
 * @throws RouteError for a client that follows another migration.
 */
export function routedS3(client: S3Client, props: S3RouterProps): S3Client {
  const { migration, routeTable, routeClient, bypass, runtime = systemRuntime } = props;
  followFrom(client.middlewareStack, migration);
  const own = new WeakSet<HandlerExecutionContext>();
  // By its input a command is not known again: the SDK copies those that may carry a key of the customer's own.
  const mark: InitializeMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next, context) => (args) => {
    own.add(context);
    return next(args);
  };
  const direct: S3 = {
    send: ((command: Parameters<S3Client['send']>[0]) => {
      command.middlewareStack.add(mark as never, { name: 'segueOwn', step: 'initialize' });
      return client.send(command);
    }) as S3['send'],
  };
  const router = new RequestRouter({
    migration,
    routeTable,
    client: routeClient,
    service: 'S3',
    killSwitch: bucketKillSwitch(bypass),
    prove: async (route) => bucketBypassProblem(bypass, route.buckets) ?? (await proveBuckets(direct, route)),
    runtime,
  });
  const { hints } = new RouteTable(routeClient, routeTable, migration, runtime);
  const serializer = new S3Serializer(client);
  const middleware: FinalizeRequestMiddleware<ServiceInputTypes, ServiceOutputTypes> =
    (next, context) => async (args) => {
      if (own.has(context)) return next(args);
      const request = args.request as S3HttpRequest;
      const answer = await router.send(
        new S3Request({
          operation: (context.commandName ?? '').replace(/Command$/, ''),
          input: args.input as S3Input,
          runtime,
          hints,
          serialize: (input) => serializer.request(context, input),
          send: async (changed = {}) => {
            // Each attempt gets a request of its own: an earlier one may still be on its way.
            const { response, output } = await next({
              ...args,
              request: Object.assign(Object.create(Object.getPrototypeOf(request)), request, changed, {
                headers: { ...request.headers, ...changed.headers },
              }),
            });
            return { response, output: output as unknown as Record<string, unknown> };
          },
        }),
      );
      return answer as unknown as Awaited<ReturnType<typeof next>>;
    };
  // Inside the SDK's retries, so that each attempt is routed anew; before the signature, which covers the names.
  client.middlewareStack.addRelativeTo(middleware, {
    name: 'segueRouter',
    relation: 'before',
    toMiddleware: 'httpSigningMiddleware',
    override: true,
  });
  return client;
}
