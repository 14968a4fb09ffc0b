import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Command } from 'commander';
import { wholeNumber } from '../../infra/local/command-options.ts';
import type { Terminal } from '../../infra/local/terminal.ts';
import { textTable } from '../../infra/local/text-table.ts';
import { routed } from '../../shared/router.ts';
import { type Figures, pairedRounds } from './paired-rounds.ts';
import { CITY_ITEM, OTHER_TABLE, ROUTE_TABLE, type ROUTES, SOURCE } from './scene.ts';

const ITEMS_OF_A_BATCH = 25;
const KEY = { id: CITY_ITEM.id as { S: string } };

type Send = (client: DynamoDBClient, table: string) => Promise<unknown>;

const REQUESTS: Readonly<Record<string, Send>> = {
  'GetItem, 1 KB': (client, table) => client.send(new GetItemCommand({ TableName: table, Key: KEY })),
  'PutItem, 1 KB': (client, table) => client.send(new PutItemCommand({ TableName: table, Item: CITY_ITEM })),
  'BatchWriteItem, 25 of 1 KB': (client, table) =>
    client.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [table]: Array.from({ length: ITEMS_OF_A_BATCH }, (_, index) => ({
            PutRequest: { Item: { ...CITY_ITEM, id: { S: `city#${index}` } } },
          })),
        },
      }),
    ),
};

interface Way {
  readonly name: string;
  readonly table: string;
  readonly route?: keyof typeof ROUTES;
}

const WAYS: readonly Way[] = [
  { name: 'to the source', route: 'at-source', table: SOURCE },
  { name: 'to the target', route: 'at-target', table: SOURCE },
  { name: 'of another table', route: 'at-source', table: OTHER_TABLE },
  { name: 'without a router', table: SOURCE },
];

interface RouterBenchOptions {
  readonly rounds: number;
  readonly requests: number;
}

const HOW = `
How it is measured: a routed client and a plain one send the same requests, one at a time, to a process on this
machine that answers like DynamoDB, at once. They take turns: --requests by the one, then as many by the other, for
--rounds rounds; who went first in a round goes last in the next. "median" is the time from send to answer, "CPU" the
processor time of this process, user and system, for each request: of the plain client the median of the rounds, of
the router the median of the differences, round by round. "p99" is that of all rounds together. What the router sends
itself is in it (the route and a report every 5 s). "without a router" compares the plain client with another plain
one: so much is noise.`;

/** `npm run bench -- router` */
export function addRouterBench(program: Command, terminal: Terminal): void {
  program
    .command('router')
    .summary('what the router adds to each request of an application')
    .description('Measures what the router adds to each request of an application, in microseconds.')
    .option('--rounds <n>', 'rounds for each line of the table', wholeNumber(2, 100_000), 100)
    .option('--requests <n>', 'requests of each client in a round', wholeNumber(10, 100_000), 50)
    .addHelpText('after', `${HOW}\n\nExample:\n  $ npm run bench -- router --rounds 400`)
    .action(async (options: RouterBenchOptions) => benchRouter(terminal, options));
}

async function benchRouter(terminal: Terminal, { rounds, requests }: RouterBenchOptions): Promise<void> {
  const server = fork(new URL('./loopback.ts', import.meta.url));
  try {
    const [port] = (await once(server, 'message')) as [number];
    const rows: string[][] = [];
    for (const [name, send] of Object.entries(REQUESTS)) {
      rows.push([name]);
      for (const way of WAYS) {
        terminal.live(`${name} ${way.name}`, `${name} ${way.name} …`);
        const clients = { plain: clientOf(port), other: clientOf(port) };
        if (way.route) routed(clients.other, { migration: way.route, routeTable: ROUTE_TABLE });
        const figures = await pairedRounds({
          plain: () => send(clients.plain, way.table),
          other: () => send(clients.other, way.table),
          rounds,
          times: requests,
        });
        for (const client of Object.values(clients)) client.destroy();
        rows.push([`  ${way.name}`, ...cells(figures)]);
      }
    }
    terminal.line(`\nMicroseconds for each request, Node.js ${process.versions.node}\n`);
    const head = ['', 'median', 'router', 'p99', 'router', 'CPU', 'router', ''];
    for (const line of textTable([head, ...rows])) terminal.line(line);
    terminal.line(HOW);
  } finally {
    server.kill();
  }
}

/** A plain client's figure and what the router adds, three times. The last column, the one aligned left, stays empty. */
function cells({ median, p99, cpu }: Figures): string[] {
  return [
    ...[median, p99, cpu].flatMap(({ plain, more }) => [
      plain.toFixed(0),
      `${more < 0 ? '−' : '+'}${Math.abs(more).toFixed(0)}`,
    ]),
    '',
  ];
}

function clientOf(port: number): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'nobody', secretAccessKey: 'nobody' },
  });
}
