import type { DynamoDBClient, ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-dynamodb';
import type { FinalizeRequestMiddleware } from '@smithy/types';
import type { DynamoDB } from './clients.ts';
import { followFrom, RequestRouter } from './request-router.ts';
import { Attempt } from './router-attempt.ts';
import { type Bypass, bypassProblem, killSwitchOf } from './router-bypass.ts';
import type { Json } from './router-request.ts';
import { TableRequest } from './router-tables.ts';
import { proveTables } from './router-tables-proof.ts';
import { UndecidedTransactions } from './router-transactions.ts';
import { type Runtime, systemRuntime } from './runtime.ts';

export interface RouterProps {
  /** Name of the migration. */
  readonly migration: string;
  /** Name of the stack's route table (output `RouteTable`). */
  readonly routeTable: string;
  /** The kill switch. @default none: requests always go as the route says */
  readonly bypass?: Bypass;
  /** @default the system's clock and randomness */
  readonly runtime?: Runtime;
}

/**
 * Puts the router into a DynamoDB client of the AWS SDK v3: from now on each attempt of each request goes to the side
 * that the route names. It works for a `DynamoDBDocumentClient` made from the client, too.
 * @returns the same client.
 * @throws RouteError for a client that follows another migration.
 */
export function routed(client: DynamoDBClient, props: RouterProps): DynamoDBClient {
  followFrom(client.middlewareStack, props.migration);
  const own = new WeakSet<object>();
  const direct: DynamoDB = {
    send: ((command: Parameters<DynamoDBClient['send']>[0]) => {
      own.add(command.input);
      return client.send(command);
    }) as DynamoDB['send'],
  };
  const { migration, routeTable, bypass, runtime = systemRuntime } = props;
  const transactions = new UndecidedTransactions(runtime);
  const router = new RequestRouter({
    migration,
    routeTable,
    client: direct,
    killSwitch: killSwitchOf(bypass),
    prove: async (route) => bypassProblem(bypass, route.tables) ?? (await proveTables(direct, route)),
    runtime,
  });
  const middleware: FinalizeRequestMiddleware<ServiceInputTypes, ServiceOutputTypes> =
    (next, context) => async (args) => {
      if (own.has(args.input)) return next(args);
      const request = args.request as { readonly body?: unknown; readonly headers: Record<string, string> };
      const operation = (context.commandName ?? '').replace(/Command$/, '');
      const attempt = new Attempt({ operation, body: request.body, input: args.input });
      const send = async (changed?: Json) => {
        // Each attempt gets a request of its own: an earlier one may still be on its way.
        const { response, output } = await next({
          ...args,
          request: Object.assign(
            Object.create(Object.getPrototypeOf(request)),
            request,
            changed ? withBody(request, changed) : { headers: { ...request.headers } },
          ),
        });
        return { response, output: output as unknown as Record<string, unknown> };
      };
      const answer = await router.send(new TableRequest({ attempt, transactions, runtime, send }));
      return answer as unknown as Awaited<ReturnType<typeof next>>;
    };
  // Inside the SDK's retries, so that each attempt is routed anew; before the signature, which covers the table's name.
  client.middlewareStack.addRelativeTo(middleware, {
    name: 'segueRouter',
    relation: 'before',
    toMiddleware: 'httpSigningMiddleware',
    override: true,
  });
  return client;
}

function withBody({ headers }: { readonly headers: Record<string, string> }, changed: Json) {
  const body = JSON.stringify(changed);
  return { body, headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) } };
}
