import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { InvalidInputError, type Problem } from './errors.ts';

/**
 * The input of an execution: what is to be moved and how. The name is the migration's identity: started again with
 * the same spec it resumes, with another one it is refused.
 */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9-]{0,47}$/;
const TABLE = /^[a-zA-Z0-9_.-]{3,255}$/;
const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/;

const described = <T extends z.core.$ZodType>(schema: T, description: string): T => {
  z.globalRegistry.add(schema, { description });
  return schema;
};

const wholeNumber = (minimum: number, maximum: number) =>
  z.int().check(z.minimum(minimum), z.maximum(maximum));

const location = {
  table: described(z.string().check(z.regex(TABLE)), 'Name of the table.'),
  account: z.optional(
    described(
      z.string().check(z.regex(/^\d{12}$/)),
      'Account of the table. Default: the account of the stack.',
    ),
  ),
  region: z.optional(
    described(
      z.string().check(z.regex(/^[a-z]{2}(-[a-z]+)+-\d$/)),
      'Region of the table. Default: the Region of the stack.',
    ),
  ),
  role: z.optional(
    described(
      z.string().check(z.regex(ROLE)),
      'Role to assume for the table. Default: the role of each worker.',
    ),
  ),
};

const resource = z.strictObject({
  source: z.strictObject(location),
  target: z.strictObject({
    ...location,
    create: z._default(
      described(
        z.boolean(),
        "Create the table from the source's description (keys, indexes, billing, encryption, tags). Otherwise it must exist.",
      ),
      false,
    ),
  }),
  existingItems: z._default(
    described(
      z.enum(['refuse', 'replace']),
      'What to do when the target holds items: refuse the migration, or compare and repair them until both sides are equal (what only the target holds is removed).',
    ),
    'refuse',
  ),
});

export const specSchema = z.strictObject({
  $schema: z.optional(z.string()),
  name: described(
    z.string().check(z.regex(NAME)),
    'Identity of the migration: letters, digits and hyphens, at most 48.',
  ),
  resources: described(
    z.array(resource).check(z.minLength(1), z.maxLength(20)),
    'Tables that move together and switch as one unit.',
  ),
  dryRun: z._default(described(z.boolean(), 'Validate and plan only; nothing is touched.'), false),
  backup: z._default(
    described(
      z.boolean(),
      'Take an on-demand backup of each source, and of each target that is not empty, before the first write.',
    ),
    true,
  ),
  copy: z.prefault(
    z.strictObject({
      workers: z._default(
        described(wholeNumber(1, 1000), 'Most workers that copy, verify or sweep at one time.'),
        20,
      ),
      unitMegabytes: z._default(
        described(
          wholeNumber(1, 4096),
          'Size of a unit, the share of a table that one worker takes at a time.',
        ),
        256,
      ),
    }),
    {},
  ),
  cutover: z.prefault(
    z.strictObject({
      approval: z._default(
        described(z.enum(['required', 'automatic']), 'Whether a person must approve the cutover.'),
        'required',
      ),
      attempts: z._default(
        described(
          wholeNumber(1, 20),
          'Cutovers that may be given up before the migration asks for a new approval, or fails where approval is automatic.',
        ),
        3,
      ),
      routers: z._default(
        described(
          wholeNumber(0, 10_000),
          'Live routers that must have reported ready. 0 only where no application writes.',
        ),
        1,
      ),
      pauseSeconds: z._default(
        described(wholeNumber(2, 60), 'Longest write pause: after it the cutover gives up by itself.'),
        10,
      ),
      requestTimeoutMilliseconds: z._default(
        described(
          wholeNumber(100, 10_000),
          'Longest time of one attempt of a routed request; a part of the write pause.',
        ),
        1000,
      ),
      maxVerifyAgeHours: z._default(
        described(wholeNumber(1, 24 * 90), 'How old the full compare may be at the cutover.'),
        72,
      ),
      watchSeconds: z._default(
        described(
          wholeNumber(5, 86_400),
          'How long the source is watched for stray writes after the switch before the migration completes.',
        ),
        600,
      ),
    }),
    {},
  ),
});

export type Spec = Omit<z.infer<typeof specSchema>, '$schema'>;
export type ResourceSpec = Spec['resources'][number];

/**
 * Parses the input of an execution and fills in the defaults.
 * @throws InvalidInputError with every problem of the input.
 */
export function parseSpec(input: unknown): Spec {
  const parsed = specSchema.safeParse(input);
  const problems: Problem[] = parsed.success
    ? crossFieldProblems(parsed.data)
    : parsed.error.issues.flatMap((issue) => issueProblems(issue, input));
  if (problems.length > 0 || !parsed.success) throw new InvalidInputError('the spec', problems);
  const { $schema: _, ...spec } = parsed.data;
  return spec;
}

/** JSON Schema of the spec, for editors. */
export function specJsonSchema(): object {
  return { title: 'Segue migration spec', ...z.toJSONSchema(specSchema, { io: 'input' }) };
}

/** What makes a migration the same one when it is started again: its spec but for `dryRun`. */
export function specIdentity(spec: Spec): string {
  const { dryRun: _, ...identity } = spec;
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

/** The paths at which two specs differ, with both values. */
export function specDifference(a: unknown, b: unknown, path = ''): string[] {
  if (isRecord(a) && isRecord(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
      specDifference(a[key], b[key], path ? `${path}.${key}` : key),
    );
  }
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left === right ? [] : [`${path}: ${left ?? 'absent'} before, ${right ?? 'absent'} now`];
}

function crossFieldProblems(spec: Spec): Problem[] {
  const seen = new Map<string, string>();
  return spec.resources.flatMap(({ source, target }, index) =>
    (
      [
        ['source', source],
        ['target', target],
      ] as const
    ).flatMap(([side, { account, region, table }]): Problem[] => {
      const at = `resources[${index}].${side}.table`;
      const id = [account, region, table].join('/');
      const earlier = seen.get(id);
      seen.set(id, at);
      return earlier
        ? [
            {
              at,
              problem: 'the table is named twice',
              value: table,
              allowed: 'each table once, as a source or as a target',
              change: `name another table here or in ${earlier}`,
            },
          ]
        : [];
    }),
  );
}

function issueProblems(issue: z.core.$ZodIssue, input: unknown): Problem[] {
  const at = pathText(issue.path);
  const value = valueAt(input, issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        at: pathText([...issue.path, key]),
        problem: 'unknown key',
        allowed: 'the keys of the spec (see the JSON Schema: segue schema)',
        change: 'remove it or correct its spelling',
      }));
    case 'invalid_type':
      return [
        {
          at,
          problem: value === undefined ? 'missing' : 'wrong type',
          ...shown(value),
          allowed: issue.expected,
          change: value === undefined ? 'add it' : `make it ${issue.expected}`,
        },
      ];
    case 'invalid_value':
      return [
        {
          at,
          problem: 'not an allowed value',
          ...shown(value),
          allowed: issue.values.map(String).join(', '),
          change: 'use one of the allowed values',
        },
      ];
    case 'too_small':
      return [
        {
          at,
          problem: 'too small',
          ...shown(value),
          allowed: `at least ${issue.minimum}`,
          change: 'raise it',
        },
      ];
    case 'too_big':
      return [
        {
          at,
          problem: 'too large',
          ...shown(value),
          allowed: `at most ${issue.maximum}`,
          change: 'lower it',
        },
      ];
    case 'invalid_format':
      return [
        {
          at,
          problem: 'malformed',
          ...shown(value),
          allowed: 'pattern' in issue && issue.pattern ? `text that matches ${issue.pattern}` : issue.format,
          change: 'correct it',
        },
      ];
    default:
      return [{ at, problem: issue.message ?? issue.code, ...shown(value), change: 'correct it' }];
  }
}

function shown(value: unknown): { value?: string } {
  return value === undefined ? {} : { value: JSON.stringify(value).slice(0, 200) };
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>(
    (before, part) =>
      typeof part === 'number' ? `${before}[${part}]` : before ? `${before}.${String(part)}` : String(part),
    '',
  );
  return text || '(the whole input)';
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    input,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
