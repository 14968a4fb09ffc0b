import { existsSync, readFileSync } from 'node:fs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod/mini';
import { InvalidInputError, type Problem } from '../shared/errors.ts';
import { SMOKE_TEST_ARN } from '../shared/spec.ts';
import { issueProblems } from '../shared/zod-problems.ts';
import { HINT_CONCURRENCY } from './bucket-events.ts';

const ALLOWED_RETENTION_DAYS = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

const EXAMPLE = `{
  "sources": ["orders"],
  "targets": ["orders-v2"],
  "logRetentionDays": 90,
  "alarmTopicArn": "arn:aws:sns:eu-central-1:123456789012:operations",
  "tags": { "team": "data" }
}`;

const namesOf = (pattern: RegExp) => z.array(z.string().check(z.regex(pattern))).check(z.minLength(1));
const tableNames = namesOf(/^[a-zA-Z0-9_.-]{3,255}$/);
const bucketNames = namesOf(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);
const arn = (service: string) => z.string().check(z.regex(new RegExp(`^arn:aws[a-z-]*:${service}:.+`)));
const wholeNumber = (minimum: number, maximum: number) =>
  z.int().check(z.minimum(minimum), z.maximum(maximum));

/**
 * What a stack is deployed with: the tables and buckets it may touch, and how it is sized and watched. The construct
 * says what each value means and its default (migrator.ts). What a migration does is the input of its execution, not
 * this.
 */
const configSchema = z.strictObject({
  $schema: z.optional(z.string()),
  sources: z.optional(tableNames),
  targets: z.optional(tableNames),
  sourceBuckets: z.optional(bucketNames),
  targetBuckets: z.optional(bucketNames),
  smokeTests: z.optional(z.array(z.string().check(z.regex(SMOKE_TEST_ARN)))),
  /** Also the name of the state machine. */
  stackName: z._default(z.string().check(z.regex(/^[a-zA-Z][a-zA-Z0-9-]{0,63}$/)), 'Segue'),
  kmsKeyArn: z.optional(arn('kms')),
  tableKmsKeyArns: z.optional(z.array(arn('kms'))),
  tags: z._default(z.record(z.string(), z.string()), {}),
  logRetentionDays: z.optional(z.literal(ALLOWED_RETENTION_DAYS)),
  alarmTopicArn: z.optional(arn('sns')),
  lagAlarmSeconds: z.optional(wholeNumber(60, 86_400)),
  applyReservedConcurrency: z.optional(wholeNumber(0, 10_000)),
  hintConcurrency: z.optional(wholeNumber(2, 1_000)),
  hintReservedConcurrency: z.optional(wholeNumber(0, 10_000)),
  resourcePolicies: z.optional(z.boolean()),
  objectAcls: z.optional(z.boolean()),
  objectLock: z.optional(z.boolean()),
  objectVersions: z.optional(z.boolean()),
  inventoryBuckets: z.optional(bucketNames),
  workers: z.optional(
    z.strictObject({
      memoryMegabytes: z.optional(wholeNumber(128, 10_240)),
      timeoutSeconds: z.optional(wholeNumber(30, 900)),
      reservedConcurrency: z.optional(wholeNumber(1, 10_000)),
    }),
  ),
});

export type Config = z.infer<typeof configSchema>;

/**
 * Reads the deploy config from a JSON file.
 * @throws InvalidInputError with every problem of the file at once.
 */
export function readConfig(path: string): Config {
  if (!existsSync(path)) {
    throw new InvalidInputError('the deploy config', [
      {
        at: path,
        problem: 'the file is missing',
        allowed: `a JSON file such as\n${EXAMPLE}`,
        change: 'write it, or name another one with -c config=<path>',
      },
    ]);
  }
  return parseConfig(parseJson(readFileSync(path, 'utf8'), path));
}

/**
 * Checks a deploy config and fills in the defaults.
 * @throws InvalidInputError with every problem at once.
 */
export function parseConfig(input: unknown): Config {
  const parsed = configSchema.safeParse(input);
  const problems = parsed.success
    ? [...missingSides(parsed.data), ...repeatedNames(parsed.data), ...throttledHints(parsed.data)]
    : parsed.error.issues.flatMap((issue) => issueProblems(issue, input, 'the keys of infra/config.ts'));
  if (problems.length > 0 || !parsed.success) throw new InvalidInputError('the deploy config', problems);
  return parsed.data;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError('the deploy config', [
      {
        at: path,
        problem: `not JSON: ${(error as Error).message}`,
        allowed: `such as\n${EXAMPLE}`,
        change: 'correct it',
      },
    ]);
  }
}

const PAIRS = [
  ['sources', 'targets', 'table'],
  ['sourceBuckets', 'targetBuckets', 'bucket'],
] as const;

function missingSides(config: Config): Problem[] {
  if (PAIRS.every(([source, target]) => !config[source] && !config[target]))
    return [
      {
        at: 'sources, sourceBuckets',
        problem: 'there is nothing to migrate',
        allowed: `tables (sources and targets), buckets (sourceBuckets and targetBuckets), or both, such as\n${EXAMPLE}`,
        change: 'name at least one pair',
      },
    ];
  return PAIRS.flatMap(([source, target]) => [
    missing(config, source, target),
    missing(config, target, source),
  ]).filter((problem) => problem !== undefined);
}

type Side = (typeof PAIRS)[number][0 | 1];

function missing(config: Config, side: Side, other: Side): Problem | undefined {
  if (config[side] || !config[other]) return undefined;
  return { at: side, problem: 'missing', change: `add it, or remove ${other}` };
}

function repeatedNames(config: Config): Problem[] {
  return PAIRS.flatMap(([source, target, kind]) =>
    [source, target].flatMap((side) =>
      (config[side] ?? []).flatMap((name, index, names): Problem[] =>
        names.indexOf(name) === index
          ? []
          : [
              {
                at: `${side}[${index}]`,
                problem: `the ${kind} is named twice`,
                value: name,
                change: 'name it once',
              },
            ],
      ),
    ),
  );
}

/** What the queue hands out while the function can't be called counts as a failed attempt. */
function throttledHints({ hintConcurrency, hintReservedConcurrency: reserved }: Config): Problem[] {
  const most = hintConcurrency ?? HINT_CONCURRENCY;
  if (!reserved || reserved >= most) return [];
  return [
    {
      at: 'hintReservedConcurrency',
      problem: 'too small',
      value: String(reserved),
      allowed: `0, or at least hintConcurrency (${most})`,
      change: 'raise it, or lower hintConcurrency',
    },
  ];
}
