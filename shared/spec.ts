import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { locationName } from './bucket-location.ts';
import { InvalidInputError, type Problem } from './errors.ts';
import { idleLimits } from './idle-limits.ts';
import { described, wholeNumber } from './spec-fields.ts';
import { bucketResource, tableResource } from './spec-resources.ts';
import { bucketProblems, fencedBucketProblems, tableProblems, versionsProblems } from './spec-sides.ts';
import { issueProblems } from './zod-problems.ts';

/**
 * The input of an execution: what is to be moved and how. The name is the migration's identity: started again with
 * the same spec it resumes, with another one it is refused.
 */
export const MIGRATION_NAME = /^[a-zA-Z0-9][a-zA-Z0-9-]{0,47}$/;
/**
 * A Lambda function, also a version or an alias of it, or a state machine. (IAM knows no versions of state machines as
 * resources, so that a grant could not be exactly one of them.)
 */
export const SMOKE_TEST_ARN =
  /^arn:aws[a-z-]*:(lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?|states:[a-z0-9-]+:\d{12}:stateMachine:[\w-]+)$/;
/** Without wildcards: who may write is named. */
const EXACT_ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;

/** With fewer units a second a worker would not get on with large items within one invocation. */
export const LEAST_UNITS_PER_SECOND = 10;
/** More than any table takes. */
export const MOST_UNITS_PER_SECOND = 10_000_000;
/** With fewer an object of 10,000 parts of different sizes would not be looked at within one invocation. */
export const LEAST_REQUESTS_PER_SECOND = 50;
/** More than any bucket takes. */
export const MOST_REQUESTS_PER_SECOND = 1_000_000;
export const MOST_MEGABYTES_PER_SECOND = 1_000_000;
export const MOST_WORKERS = 1_000;

export const specSchema = z.strictObject({
  $schema: z.optional(z.string()),
  name: described(
    z.string().check(z.regex(MIGRATION_NAME)),
    'Identity of the migration: letters, digits and hyphens, at most 48.',
  ),
  resources: described(
    z.array(z.union([tableResource, bucketResource])).check(z.minLength(1), z.maxLength(20)),
    'Pairs of tables, and pairs of buckets, that move together and switch as one unit.',
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
        described(wholeNumber(1, MOST_WORKERS), 'Most workers that copy, verify or sweep at one time.'),
        20,
      ),
      unitMegabytes: z._default(
        described(
          wholeNumber(1, 4096),
          'Size of a unit, the share of a table that one worker takes at a time.',
        ),
        256,
      ),
      readUnits: z.optional(
        described(
          wholeNumber(LEAST_UNITS_PER_SECOND, MOST_UNITS_PER_SECOND),
          'Most read units a second that all workers together use of the tables; "segue pace" changes it. Default: no limit.',
        ),
      ),
      writeUnits: z.optional(
        described(
          wholeNumber(LEAST_UNITS_PER_SECOND, MOST_UNITS_PER_SECOND),
          'Most write units a second that all workers together use of the tables; "segue pace" changes it. Default: no limit.',
        ),
      ),
      requestsPerSecond: z.optional(
        described(
          wholeNumber(LEAST_REQUESTS_PER_SECOND, MOST_REQUESTS_PER_SECOND),
          'Most requests a second that all workers together send to the buckets; "segue pace" changes it. Default: no limit.',
        ),
      ),
      megabytesPerSecond: z.optional(
        described(
          wholeNumber(1, MOST_MEGABYTES_PER_SECOND),
          'Most megabytes a second of objects that all workers together have copied, or read to compare their bytes; "segue pace" changes it. Default: no limit.',
        ),
      ),
      pauseOnAlarm: z.optional(
        described(
          z.string().check(z.minLength(1), z.maxLength(255)),
          'Name of a CloudWatch alarm: while it fires nothing is copied, compared or swept, and no cutover begins.',
        ),
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
      rehearse: z._default(
        described(
          z.boolean(),
          'Rehearse the cutover once before anybody is asked: everything up to the switch, then given up, with the write pause measured.',
        ),
        false,
      ),
      smokeTest: z.optional(
        z.strictObject({
          arn: described(
            z.string().check(z.regex(SMOKE_TEST_ARN)),
            'Lambda function or EXPRESS state machine that looks at the passive side, read-only, before each switch and in each rehearsal: without its {"ok": true} nothing is switched. The stack must be deployed with it (smokeTests).',
          ),
          seconds: z._default(
            described(
              wholeNumber(1, 30),
              'How long its answer may take; a part of the write pause. No answer counts as a failure.',
            ),
            3,
          ),
        }),
      ),
      notBefore: z.optional(
        described(z.iso.datetime({ offset: true }), 'No cutover begins before this time (ISO 8601).'),
      ),
      notAfter: z.optional(
        described(z.iso.datetime({ offset: true }), 'No cutover begins after this time (ISO 8601).'),
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
          'Live routers that must have reported ready, for DynamoDB where tables are moved, and as many for S3 where buckets are. 0 only where no application writes.',
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
      fence: z.optional(
        z.strictObject({
          policy: described(
            z.literal('deny'),
            "Deny writes in the resource policies of tables and buckets, beside the routers' hold. Needs a stack with resourcePolicies.",
          ),
          routerRoles: z.optional(
            described(
              z.array(z.string().check(z.regex(EXACT_ROLE))).check(z.minLength(1), z.maxLength(50)),
              'Roles of the routed application: everybody else is denied well before the cutover. Default: nobody is denied before the switch.',
            ),
          ),
          settleSeconds: z._default(
            described(
              wholeNumber(5, 3_600),
              'How long a changed policy must have stood before it is relied on: AWS names no bound.',
            ),
            60,
          ),
        }),
      ),
      maxVerifyAgeHours: z._default(
        described(wholeNumber(1, 24 * 90), 'How old the full compare may be at the cutover.'),
        72,
      ),
      wayBack: z._default(
        described(
          z.boolean(),
          'Carry changes of the target back to the source after the switch, so that a rollback loses nothing until the migration is complete.',
        ),
        true,
      ),
      complete: z._default(
        described(
          z.enum(['required', 'automatic']),
          'Whether a person must complete the migration after the switch, or it completes by itself after watchSeconds.',
        ),
        'required',
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

/** What is moved as one: a source and its target. */
export type SpecResource = Spec['resources'][number];
export type SpecTable = z.infer<typeof tableResource>;
export type SpecBucket = z.infer<typeof bucketResource>;

/** What can be moved. */
export type ResourceKind = 'table' | 'bucket';

export function resourceKind({ source }: SpecResource): ResourceKind {
  return 'bucket' in source ? 'bucket' : 'table';
}

/** The name by which a side of a resource goes in plan, route, journal and report. */
export function resourceName(side: SpecResource['source']): string {
  return 'bucket' in side ? locationName(side) : side.table;
}

/** How long writes may come that no router sees, after the last presigned URL was handed out. */
export function presignedSeconds({ resources }: Pick<Spec, 'resources'>): number {
  return Math.max(0, ...resources.map((one) => ('presignedSeconds' in one ? one.presignedSeconds : 0)));
}

/** The names of both sides of each resource. */
export function resourcePairs(
  resources: Spec['resources'],
): { readonly source: string; readonly target: string }[] {
  return resources.map(({ source, target }) => ({
    source: resourceName(source),
    target: resourceName(target),
  }));
}

/**
 * Parses the input of an execution and fills in the defaults.
 * @throws InvalidInputError with every problem of the input.
 */
export function parseSpec(input: unknown): Spec {
  const parsed = specSchema.safeParse(spelledOut(input));
  const problems: Problem[] = parsed.success
    ? crossFieldProblems(parsed.data)
    : parsed.error.issues.flatMap((issue) => specProblems(issue, input));
  if (problems.length > 0 || !parsed.success) throw new InvalidInputError('the spec', problems);
  const { $schema: _, ...spec } = parsed.data;
  return spec;
}

const KNOWN_KEYS = 'the keys of the spec (see the JSON Schema: segue schema)';

/** Of a resource that is neither a pair of tables nor one of buckets, what it lacks of the one that it names. */
function specProblems(issue: z.core.$ZodIssue, input: unknown): Problem[] {
  if (issue.code !== 'invalid_union') return issueProblems(issue, input, KNOWN_KEYS);
  const [tables = [], buckets = []] = issue.errors;
  const resource = issue.path.reduce<unknown>((value, key) => isRecord(value) && value[String(key)], input);
  const sides = isRecord(resource) ? [resource.source, resource.target].filter(isRecord) : [];
  const namesBucket = sides.some((side) => 'bucket' in side);
  if (namesBucket && sides.some((side) => 'table' in side))
    return [
      {
        at: `resources[${String(issue.path.at(-1))}]`,
        problem: 'it names a table and a bucket',
        value: JSON.stringify(resource).slice(0, 200),
        allowed: 'a pair of tables ({ "table": … }) or a pair of buckets ({ "bucket": …, "prefix": … })',
        change: 'make two resources of it, or correct the side that is not meant',
      },
    ];
  return (namesBucket ? buckets : tables).flatMap((one) =>
    issueProblems({ ...one, path: [...issue.path, ...one.path] }, input, KNOWN_KEYS),
  );
}

/** `"cutover": "rehearse"` is short for a cutover that is rehearsed first. */
const REHEARSE = 'rehearse';

function spelledOut(input: unknown): unknown {
  return isRecord(input) && input.cutover === REHEARSE ? { ...input, cutover: { rehearse: true } } : input;
}

/** JSON Schema of the spec, for editors. */
export function specJsonSchema(): object {
  const { properties, ...schema } = z.toJSONSchema(specSchema, { io: 'input' });
  const cutover = { anyOf: [properties?.cutover, { const: REHEARSE }] };
  return { title: 'Segue migration spec', ...schema, properties: { ...properties, cutover } };
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

/** What the steps of a cutover take beside the wait for requests that are on their way. */
const LEAST_STEPS_MILLISECONDS = 4_000;

function crossFieldProblems(spec: Spec): Problem[] {
  return [
    ...pauseProblems(spec),
    ...windowProblems(spec),
    ...tableProblems(spec.resources),
    ...bucketProblems(spec.resources),
    ...versionsProblems(spec.resources),
    ...(spec.cutover.fence ? fencedBucketProblems(spec.resources) : []),
    ...idleLimits(spec.copy, spec.resources.map(resourceKind), 'copy.'),
  ];
}

function windowProblems({ cutover: { notBefore, notAfter } }: Spec): Problem[] {
  if (!notBefore || !notAfter || Date.parse(notBefore) < Date.parse(notAfter)) return [];
  return [
    {
      at: 'cutover.notAfter',
      problem: 'the window ends before it begins',
      value: notAfter,
      allowed: `after cutover.notBefore, ${notBefore}`,
      change: 'move one of both',
    },
  ];
}

function pauseProblems({
  cutover: { pauseSeconds, requestTimeoutMilliseconds, smokeTest },
}: Spec): Problem[] {
  const least =
    Math.ceil((requestTimeoutMilliseconds + LEAST_STEPS_MILLISECONDS) / 1000) + (smokeTest?.seconds ?? 0);
  if (pauseSeconds >= least) return [];
  return [
    {
      at: 'cutover.pauseSeconds',
      problem: 'shorter than any cutover can be',
      value: String(pauseSeconds),
      allowed: `at least ${least} with requests of up to ${requestTimeoutMilliseconds} ms${smokeTest ? ` and a smoke test of up to ${smokeTest.seconds} s` : ''}`,
      change: `raise it, or lower cutover.requestTimeoutMilliseconds${smokeTest ? ' or cutover.smokeTest.seconds' : ''}`,
    },
  ];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
