import type { Mutant } from './mutant.ts';

const ROUTER = 'shared/router.ts';
const FOLLOWER = 'shared/route-follower.ts';
const TABLES = 'shared/router-tables.ts';
const REQUEST = 'shared/router-request.ts';

/** The routers. */
export const ROUTER_MUTANTS: readonly Mutant[] = [
  {
    name: 'missing-route-read-as-source',
    rule: 'A missing route means refuse, never source.',
    scenario: 'migration',
    edits: [
      {
        file: FOLLOWER,
        from: `      if (!this.#cached?.route)
        throw new RouteError(
          'there is no route for this migration: create it before the application uses the router (segue route create)',
        );
`,
        to: `      if (!this.#cached?.route)
        return {
          state: 'source',
          revision: 0,
          protocol: ROUTE_PROTOCOL,
          tables: [],
          reserved: '',
          cacheMilliseconds: FRESH_MILLISECONDS,
          attemptMilliseconds: 5_000,
          settledAt: 0,
        };
`,
      },
    ],
  },
  {
    name: 'route-checked-once-per-command',
    rule: 'The router stands inside the retries of the SDK: each attempt is routed anew.',
    scenario: 'migration',
    edits: [
      {
        file: ROUTER,
        from: "    toMiddleware: 'httpSigningMiddleware',\n",
        to: "    toMiddleware: 'retryMiddleware',\n",
      },
    ],
  },
  {
    name: 'route-cached-for-ever',
    rule: 'A router never sends on a route older than its cache time.',
    scenario: 'migration',
    edits: [
      {
        file: FOLLOWER,
        from: 'if (this.#cached && route && this.#runtime.now() - this.#cached.sentAt < maxAge(route)) {',
        to: "if (this.#cached && route && (route.state === 'source' || this.#runtime.now() - this.#cached.sentAt < maxAge(route))) {",
      },
    ],
  },
  {
    name: 'age-of-the-route-counts-from-its-answer',
    rule: 'The age of a route counts from the sending of its read.',
    scenario: 'migration',
    edits: [
      {
        file: FOLLOWER,
        from: `    const sentAt = this.#runtime.now();
    this.#cached = { route: await this.#route.read(), sentAt };`,
        to: `    const route = await this.#route.read();
    this.#cached = { route, sentAt: this.#runtime.now() };`,
      },
    ],
  },
  {
    name: 'announcement-not-heeded',
    rule: 'From the announcement on a router reads the route for every request.',
    scenario: 'migration',
    edits: [
      {
        file: FOLLOWER,
        from: "return state === 'announced' || state === 'fenced'\n",
        to: "return state === 'fenced'\n",
      },
    ],
  },
  {
    name: 'fence-trusts-clocks',
    rule: 'The fence is written: no clock decides whether a write is held.',
    scenario: 'migration',
    edits: [
      {
        file: FOLLOWER,
        from: "if (kind === 'read' || route.state !== 'fenced') return route;",
        to: "if (kind === 'read' || this.#runtime.now() < (route.fenceAt ?? Number.POSITIVE_INFINITY)) return route;",
      },
    ],
  },
  {
    name: 'fence-lets-writes-pass',
    rule: 'While the fence is up writes wait.',
    scenario: 'migration',
    edits: [
      {
        file: FOLLOWER,
        from: "if (kind === 'read' || route.state !== 'fenced') return route;",
        to: "if (kind === 'read' || route.state !== 'fenced' || route.switchedAt === undefined) return route;",
      },
    ],
  },
  {
    name: 'batches-pass-the-fence',
    rule: 'Batches are writes, too.',
    scenario: 'migration',
    focus: { writes: 20, restMilliseconds: 500 },
    edits: [
      {
        file: REQUEST,
        from: "const READS = new Set(['GetItem', 'BatchGetItem',",
        to: "const READS = new Set(['GetItem', 'BatchGetItem', 'BatchWriteItem', 'TransactWriteItems',",
      },
      {
        file: REQUEST,
        from: "'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']);",
        to: "'DeleteItem']);",
      },
    ],
  },
  {
    name: 'batches-not-renamed',
    rule: 'Every request is sent to the side of the route, whatever its shape.',
    scenario: 'migration',
    focus: { writes: 20, restMilliseconds: 500 },
    edits: [
      {
        file: REQUEST,
        from: '  if (isJson(body.RequestItems)) result.RequestItems = renamedKeys(body.RequestItems, rename);\n',
        to: '  if (isJson(body.RequestItems)) renamedKeys(body.RequestItems, rename);\n',
      },
    ],
  },
  {
    name: 'reads-stay-at-the-source',
    rule: 'After the switch reads go to the target, too.',
    scenario: 'migration',
    edits: [
      {
        file: TABLES,
        from: 'asItIs ? timed() : sendRenamed(side, routing, attempt.json, timed),',
        to: "asItIs ? timed() : sendRenamed(attempt.kind === 'read' ? 'source' : side, routing, attempt.json, timed),",
      },
    ],
  },
  {
    name: 'reserved-attribute-shown',
    rule: 'Until the versions are swept the router hides them from what the application reads.',
    scenario: 'migration',
    focus: { writes: 20, restMilliseconds: 500 },
    edits: [
      {
        file: REQUEST,
        from: 'if (isJson(output[name])) result[name] = withoutAttribute(output[name] as Item, reserved);',
        to: "if (isJson(output[name]) && name === 'Attributes') result[name] = withoutAttribute(output[name] as Item, reserved);",
      },
    ],
  },
  {
    name: 'overdue-fence-not-lifted',
    rule: 'Nobody is left hanging: after the deadline any router may lift the fence.',
    scenario: 'migration',
    edits: [
      {
        file: FOLLOWER,
        from: '        await this.#liftOverdue(route, overdueSince);\n',
        to: '',
      },
    ],
  },
  {
    name: 'deadline-not-awaited',
    rule: 'A router lifts a fence only after its deadline.',
    scenario: 'migration',
    edits: [
      {
        file: FOLLOWER,
        from: 'if (this.#runtime.now() > (route.deadline ?? Number.POSITIVE_INFINITY)) {',
        to: 'if (this.#runtime.now() > (route.fenceAt ?? Number.POSITIVE_INFINITY)) {',
      },
    ],
  },
  {
    name: 'overdue-write-fails-before-it-lifts',
    rule: 'A write that was held beyond the deadline tries to lift the fence before it fails.',
    scenario: 'migration',
    edits: [
      {
        file: FOLLOWER,
        from: `    try {
      await this.#route.lift(route);
    } catch (error) {
      if (isNamed(error, 'CutoverGivenUpError')) return;
      if (this.#runtime.now() - since < HOLD_BEYOND_DEADLINE_MILLISECONDS) return;`,
        to: `    try {
      if (this.#runtime.now() >= (route.deadline ?? 0) + HOLD_BEYOND_DEADLINE_MILLISECONDS)
        throw new RouteError('held too long');
      await this.#route.lift(route);
    } catch (error) {
      if (isNamed(error, 'CutoverGivenUpError')) return;
      if (this.#runtime.now() - since < 0) return;`,
      },
    ],
  },
  {
    name: 'transaction-refused-that-is-done',
    rule: 'A transaction that the source has done before the switch is done: the mismatch of its token is no error.',
    scenario: 'migration',
    focus: { slowMilliseconds: 3_000 },
    edits: [
      {
        file: TABLES,
        from: 'if (this.#transactions.isDone(side, attempt, error, sentAt))',
        to: 'if (this.#transactions.isDone(side, attempt, error, sentAt) && !routing)',
      },
    ],
  },
  {
    name: 'transaction-with-another-token-on-the-target',
    rule: 'The attempts of a transaction keep their token across the switch: it is done once.',
    scenario: 'migration',
    focus: { slowMilliseconds: 3_000 },
    edits: [
      {
        file: TABLES,
        from: '  const sent = renamed(body, (table) => renameTable(table, toSide));\n',
        to: "  const sent = renamed(body, (table) => renameTable(table, toSide));\n  if (side === 'target') sent.ClientRequestToken &&= String(sent.ClientRequestToken).replace(/.$/, '-');\n",
      },
    ],
  },
];
