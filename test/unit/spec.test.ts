import { describe, expect, it } from 'vitest';
import { InvalidInputError, type Problem } from '../../shared/errors.ts';
import {
  parseSpec,
  presignedSeconds,
  resourceKind,
  resourcePairs,
  specDifference,
  specIdentity,
  specJsonSchema,
} from '../../shared/spec.ts';

const least = {
  name: 'orders-2026',
  resources: [{ source: { table: 'orders' }, target: { table: 'orders-v2' } }],
};

const PHOTOS = { source: { bucket: 'photos', prefix: 'a/' }, target: { bucket: 'photos-v2' } };

function problemsOf(input: unknown): readonly Problem[] {
  try {
    parseSpec(input);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.problems;
    throw error;
  }
  return [];
}

describe('a spec', () => {
  it('needs a name and a pair of tables; the rest has defaults', () => {
    const spec = parseSpec(least);
    expect(spec.cutover.approval).toBe('required');
    expect(spec.cutover.wayBack).toBe(true);
    expect(spec.cutover.complete).toBe('required');
    expect(spec.backup).toBe(true);
    expect(spec.dryRun).toBe(false);
    expect(spec.resources[0]?.existingItems).toBe('refuse');
    expect(spec.resources[0]?.target).toMatchObject({ create: false });
  });

  it('is refused with every problem at once, each with what to change', () => {
    const problems = problemsOf({
      name: 'not a name',
      colour: 'blue',
      resources: [
        { source: { table: 'a' }, target: { table: 'orders-v2', creat: true }, existingItems: 'keep' },
      ],
      copy: { workers: 0 },
      cutover: { pauseSeconds: 'ten' },
    });
    expect(problems.map(({ at }) => at).sort()).toEqual([
      'colour',
      'copy.workers',
      'cutover.pauseSeconds',
      'name',
      'resources[0].existingItems',
      'resources[0].source.table',
      'resources[0].target.creat',
    ]);
    for (const problem of problems) expect(problem.change).not.toBe('');
  });

  it('takes a second fence, with or without the roles of the routers, and none by default', () => {
    const role = 'arn:aws:iam::123456789012:role/app/shop';
    const fenceOf = (fence: object) => parseSpec({ ...least, cutover: { fence } }).cutover.fence;
    expect(fenceOf({ policy: 'deny' })).toEqual({ policy: 'deny', settleSeconds: 60 });
    expect(fenceOf({ policy: 'deny', routerRoles: [role] })).toMatchObject({ routerRoles: [role] });
    expect(parseSpec(least).cutover).not.toHaveProperty('fence');
    const fence = {
      policy: 'allow',
      routerRoles: ['arn:aws:iam::123456789012:role/*', 'arn:aws:iam::123456789012:user/ada', role],
      settleSeconds: 1,
      role,
    };
    expect(
      problemsOf({ ...least, cutover: { fence } })
        .map(({ at }) => at)
        .sort(),
    ).toEqual([
      'cutover.fence.policy',
      'cutover.fence.role',
      'cutover.fence.routerRoles[0]',
      'cutover.fence.routerRoles[1]',
      'cutover.fence.settleSeconds',
    ]);
    expect(problemsOf({ ...least, cutover: { fence: { policy: 'deny', routerRoles: [] } } })).toHaveLength(1);
  });

  it('takes a pace at the start and an alarm, and none of both by default', () => {
    const copy = { readUnits: 1_000, writeUnits: 500, pauseOnAlarm: 'orders-latency' };
    expect(parseSpec({ ...least, copy }).copy).toMatchObject(copy);
    expect(Object.keys(parseSpec(least).copy).sort()).toEqual(['unitMegabytes', 'workers']);
    const wrong = { readUnits: 9, writeUnits: 1.5, pauseOnAlarm: '' };
    expect(problemsOf({ ...least, copy: wrong }).map(({ at }) => at)).toEqual([
      'copy.readUnits',
      'copy.writeUnits',
      'copy.pauseOnAlarm',
    ]);
  });

  it('takes a pace of buckets, and refuses limits of what is not moved', () => {
    const buckets = {
      ...least,
      resources: [{ source: { bucket: 'photos' }, target: { bucket: 'photos-v2' } }],
    };
    const copy = { requestsPerSecond: 50, megabytesPerSecond: 1 };
    expect(parseSpec({ ...buckets, copy }).copy).toMatchObject(copy);
    const wrong = { requestsPerSecond: 49, megabytesPerSecond: 0.5 };
    expect(problemsOf({ ...buckets, copy: wrong })).toMatchObject([
      { at: 'copy.requestsPerSecond', allowed: 'at least 50' },
      { at: 'copy.megabytesPerSecond' },
    ]);
    expect(problemsOf({ ...least, copy })).toMatchObject([
      { at: 'copy.requestsPerSecond', allowed: 'copy.readUnits, copy.writeUnits' },
      { at: 'copy.megabytesPerSecond' },
    ]);
    expect(problemsOf({ ...buckets, copy: { readUnits: 100 } })).toMatchObject([
      { at: 'copy.readUnits', problem: 'it limits what is used of tables, and no table is moved' },
    ]);
    const both = { ...least, resources: [...least.resources, ...buckets.resources] };
    expect(problemsOf({ ...both, copy: { ...copy, readUnits: 100 } })).toEqual([]);
  });

  it('takes a smoke test, and asks for none by default', () => {
    const lambda = 'arn:aws:lambda:eu-central-1:123456789012:function:looks';
    const cutover = (arn: string, more: object = {}) => ({ smokeTest: { arn, ...more } });
    expect(parseSpec(least).cutover).not.toHaveProperty('smokeTest');
    for (const arn of [
      lambda,
      `${lambda}:live`,
      `${lambda}:7`,
      'arn:aws-cn:states:cn-north-1:123456789012:stateMachine:Looks',
    ])
      expect(parseSpec({ ...least, cutover: cutover(arn) }).cutover.smokeTest).toEqual({ arn, seconds: 3 });
    for (const arn of [
      'looks',
      `${lambda}-*`,
      `${lambda}:live:7`,
      'arn:aws:states:eu-central-1:123456789012:stateMachine:Looks:live',
      'arn:aws:states:eu-central-1:123456789012:execution:Looks:1',
      'arn:aws:sns:eu-central-1:123456789012:looks',
    ])
      expect(problemsOf({ ...least, cutover: cutover(arn) })).toMatchObject([
        { at: 'cutover.smokeTest.arn', value: JSON.stringify(arn), change: 'correct it' },
      ]);
    expect(
      problemsOf({ ...least, cutover: { smokeTest: { seconds: 31, retries: 3 } } }).map(({ at }) => at),
    ).toEqual(['cutover.smokeTest.arn', 'cutover.smokeTest.seconds', 'cutover.smokeTest.retries']);
  });

  it('counts the time of a smoke test into the shortest pause', () => {
    const arn = 'arn:aws:lambda:eu-central-1:123456789012:function:looks';
    const cutover = (pauseSeconds: number, seconds: number) => ({
      ...least,
      cutover: { pauseSeconds, smokeTest: { arn, seconds } },
    });
    expect(problemsOf(cutover(15, 10))).toEqual([]);
    expect(problemsOf(cutover(14, 10))).toEqual([
      {
        at: 'cutover.pauseSeconds',
        problem: 'shorter than any cutover can be',
        value: '14',
        allowed: 'at least 15 with requests of up to 1000 ms and a smoke test of up to 10 s',
        change: 'raise it, or lower cutover.requestTimeoutMilliseconds or cutover.smokeTest.seconds',
      },
    ]);
    expect(problemsOf(cutover(35, 30))).toEqual([]);
  });

  it('takes "rehearse" for a cutover that is rehearsed first', () => {
    const spec = parseSpec({ ...least, cutover: 'rehearse' });
    expect(spec).toEqual(parseSpec({ ...least, cutover: { rehearse: true } }));
    expect(specJsonSchema()).toMatchObject({
      properties: { cutover: { anyOf: [{}, { const: 'rehearse' }] } },
    });
    expect(problemsOf({ ...least, cutover: 'rehearsal' }).map(({ at }) => at)).toEqual(['cutover']);
  });

  it('is refused with a window that is none', () => {
    const window = { notBefore: '2026-12-01T02:00:00Z', notAfter: '2026-12-01T02:00:00+01:00' };
    expect(problemsOf({ ...least, cutover: window })).toMatchObject([{ at: 'cutover.notAfter' }]);
    expect(problemsOf({ ...least, cutover: { notBefore: 'tonight' } })).toMatchObject([
      { at: 'cutover.notBefore', value: '"tonight"' },
    ]);
  });

  it.each([undefined, null, 'text', 7, []])('is refused when the input is %j', (input) => {
    expect(problemsOf(input)).not.toHaveLength(0);
  });

  it('is refused when a table stands in it twice', () => {
    const twice = {
      ...least,
      resources: [...least.resources, { source: { table: 'orders-v2' }, target: { table: 'orders-v3' } }],
    };
    expect(problemsOf(twice)).toMatchObject([{ at: 'resources[1].source.table', value: 'orders-v2' }]);
  });

  it('takes pairs of buckets beside pairs of tables, each with the defaults of its kind', () => {
    const [, photos] = parseSpec({ ...least, resources: [...least.resources, PHOTOS] }).resources;
    expect(photos).toEqual({
      source: { bucket: 'photos', prefix: 'a/' },
      target: { bucket: 'photos-v2', prefix: '' },
      existingItems: 'refuse',
      compare: 'everything',
      acls: false,
      objectLock: false,
      versions: 'current',
      presignedSeconds: 0,
      singleMegabytes: 1_024,
      partMegabytes: 256,
    });
  });

  it('tells of a pair of buckets what is wrong with it, and nothing of tables', () => {
    const wrong = {
      source: { bucket: 'Photos', prefix: 'a'.repeat(256) },
      target: { bucket: 'photos-v2', create: true },
      compare: 'names',
      presignedSeconds: -1,
      singleMegabytes: 6_000,
      partMegabytes: 4,
    };
    expect(problemsOf({ ...least, resources: [wrong] }).map(({ at }) => at)).toEqual([
      'resources[0].source.bucket',
      'resources[0].source.prefix',
      'resources[0].target.create',
      'resources[0].compare',
      'resources[0].presignedSeconds',
      'resources[0].singleMegabytes',
      'resources[0].partMegabytes',
    ]);
  });

  it('refuses a mixture of a table and a bucket', () => {
    const mixed = (source: object, target: object) =>
      problemsOf({ ...least, resources: [...least.resources, { source, target }] }).map(
        ({ at, problem }) => `${at}: ${problem}`,
      );
    const both = ['resources[1]: it names a table and a bucket'];
    expect(mixed({ table: 'items' }, { bucket: 'photos' })).toEqual(both);
    expect(mixed({ bucket: 'photos', prefix: 'a/' }, { table: 'items', create: true })).toEqual(both);
    expect(mixed({ bucket: 'photos', table: 'items' }, { table: 'items-v2' })).toEqual([
      'resources[1].source.bucket: unknown key',
    ]);
  });

  it.each([7, 'photos', null, {}])('is refused where a resource is %j', (resource) => {
    expect(problemsOf({ ...least, resources: [resource] })[0]?.at).toMatch(/^resources\[0\]/);
  });

  it('is refused when an object may lie on two sides', () => {
    const of = (bucket: string, prefix: string) => ({ bucket, prefix });
    const overlaps = (...sides: readonly object[]) =>
      problemsOf({
        ...least,
        resources: [
          { source: sides[0], target: sides[1] },
          ...(sides[2] ? [{ source: sides[2], target: of('elsewhere', '') }] : []),
        ],
      }).map(({ at, value }) => `${at} ${value}`);
    const onTarget = ['resources[0].target.prefix s3://photos/a/b/'];
    expect(overlaps(of('photos', 'a/'), of('photos', 'a/b/'))).toEqual(onTarget);
    expect(overlaps(of('photos', ''), of('photos', 'a/b/'))).toEqual(onTarget);
    expect(overlaps(of('photos', 'a/b/c'), of('photos', 'a/b/'))).toEqual(onTarget);
    expect(overlaps(of('photos', 'a/'), of('photos', 'b/'))).toEqual([]);
    expect(overlaps(of('photos', 'a/'), of('photos-v2', 'a/'))).toEqual([]);
    expect(overlaps(of('photos', 'a/'), of('photos-v2', 'a/'), of('photos', 'a/x/'))).toEqual([
      'resources[1].source.prefix s3://photos/a/x/',
    ]);
    expect(overlaps(of('photos', 'a/'), of('photos-v2', 'a/'), of('photos-v2', 'a/'))).toEqual([
      'resources[1].source.prefix s3://photos-v2/a/',
    ]);
  });

  it('takes a second fence with buckets where their policies can name what is moved', () => {
    const fenced = (...sides: readonly [string, string][]) =>
      problemsOf({
        ...least,
        resources: sides.map(([source, target]) => ({
          source: { bucket: 'photos', prefix: source },
          target: { bucket: target, prefix: '' },
        })),
        cutover: { fence: { policy: 'deny' } },
      }).map(({ at, problem }) => `${at}: ${problem}`);
    expect(fenced(['a/', 'photos-v2'], ['b/', 'photos-v3'])).toEqual([]);
    expect(fenced(['a${/', 'photos-v2'], ['b?/', 'photos-v3'], ['c*/', 'photos-v4'])).toEqual([
      expect.stringMatching(/^resources\[0\]\.source\.prefix: .* pattern/),
      expect.stringMatching(/^resources\[1\]\.source\.prefix: .* pattern/),
      expect.stringMatching(/^resources\[2\]\.source\.prefix: .* pattern/),
    ]);
    const within = {
      source: { bucket: 'photos', prefix: 'a/' },
      target: { bucket: 'photos', prefix: 'b/' },
    };
    expect(problemsOf({ ...least, resources: [within] })).toEqual([]);
    expect(
      problemsOf({ ...least, resources: [within], cutover: { fence: { policy: 'deny' } } }),
    ).toMatchObject([{ at: 'resources[0].target.bucket', value: 'photos' }]);
  });

  it('moves all versions without access control lists and locks', () => {
    const of = (fields: object) =>
      problemsOf({ ...least, resources: [...least.resources, { ...PHOTOS, ...fields }] });
    expect(of({ versions: 'all' })).toEqual([]);
    expect(of({ versions: 'current', acls: true, objectLock: true })).toEqual([]);
    expect(of({ versions: 'all', acls: true, objectLock: true })).toMatchObject([
      { at: 'resources[1].acls', problem: 'not carried where all versions are moved' },
      { at: 'resources[1].objectLock', problem: 'not carried where all versions are moved' },
    ]);
  });

  it('names its buckets with their prefixes', () => {
    const { resources } = parseSpec({ ...least, resources: [...least.resources, PHOTOS] });
    expect(resourcePairs(resources)).toEqual([
      { source: 'orders', target: 'orders-v2' },
      { source: 's3://photos/a/', target: 's3://photos-v2/' },
    ]);
    expect(resources.map(resourceKind)).toEqual(['table', 'bucket']);
  });

  it('has the longest presigned URL of any of its buckets', () => {
    const of = (...seconds: readonly number[]) =>
      presignedSeconds(
        parseSpec({
          ...least,
          resources: [
            ...least.resources,
            ...seconds.map((presigned, index) => ({
              source: { bucket: `source-${index}` },
              target: { bucket: `target-${index}` },
              presignedSeconds: presigned,
            })),
          ],
        }),
      );
    expect([of(), of(0), of(60, 3_600, 0)]).toEqual([0, 0, 3_600]);
  });

  it('stays the same migration as for versions that knew tables alone', () => {
    const spec = parseSpec({
      name: 'orders-2026',
      resources: [
        { source: { table: 'orders' }, target: { table: 'orders-v2', create: true } },
        { source: { table: 'items' }, target: { table: 'items-v2' }, existingItems: 'replace' },
      ],
      cutover: { fence: { policy: 'deny' } },
    });
    expect(specIdentity(spec)).toBe('635ff09b9a6a59ae020c57ea920cd54ed0a7cb904ee991c41bc572f537842db3');
  });

  it('is the same migration whether it is a dry run or not, and another one when anything else differs', () => {
    const identity = specIdentity(parseSpec(least));
    expect(specIdentity(parseSpec({ ...least, dryRun: true }))).toBe(identity);
    expect(specIdentity(parseSpec({ ...least, backup: false }))).not.toBe(identity);
  });

  it('names the paths at which two specs differ', () => {
    const [a, b] = [parseSpec(least), parseSpec({ ...least, copy: { workers: 5 } })];
    expect(specDifference(a, b)).toEqual(['copy.workers: 20 before, 5 now']);
    expect(specDifference(a, a)).toEqual([]);
  });

  it('has a JSON Schema from the same source, for editors', () => {
    const schema = specJsonSchema() as {
      required: string[];
      properties: Record<string, unknown>;
      additionalProperties: boolean;
    };
    expect(schema.required).toEqual(['name', 'resources']);
    expect(schema.additionalProperties).toBe(false);
    expect(Object.keys(schema.properties)).toContain('cutover');
    expect(schema.properties.resources).toMatchObject({
      items: {
        anyOf: [
          { properties: { source: { properties: { table: { type: 'string' } } } } },
          { properties: { source: { properties: { bucket: { type: 'string' } } } } },
        ],
      },
    });
  });
});
