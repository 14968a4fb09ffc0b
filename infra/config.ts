import { existsSync, readFileSync } from 'node:fs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod/mini';
import { InvalidInputError, type Problem } from '../shared/errors.ts';
import { SMOKE_TEST_ARN } from '../shared/spec.ts';
import { issueProblems } from '../shared/zod-problems.ts';

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

const tableNames = z.array(z.string().check(z.regex(/^[a-zA-Z0-9_.-]{3,255}$/))).check(z.minLength(1));
const arn = (service: string) => z.string().check(z.regex(new RegExp(`^arn:aws[a-z-]*:${service}:.+`)));
const wholeNumber = (minimum: number, maximum: number) =>
  z.int().check(z.minimum(minimum), z.maximum(maximum));

/**
 * What a stack is deployed with: the tables it may touch, and how it is sized and watched. The construct says what
 * each value means and its default (migrator.ts). What a migration does is the input of its execution, not this.
 */
const configSchema = z.strictObject({
  $schema: z.optional(z.string()),
  sources: tableNames,
  targets: tableNames,
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
  resourcePolicies: z.optional(z.boolean()),
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
    ? repeatedTables(parsed.data)
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

function repeatedTables(config: Config): Problem[] {
  return (['sources', 'targets'] as const).flatMap((side) =>
    config[side].flatMap((table, index): Problem[] =>
      config[side].indexOf(table) === index
        ? []
        : [
            {
              at: `${side}[${index}]`,
              problem: 'the table is named twice',
              value: table,
              change: 'name it once',
            },
          ],
    ),
  );
}
