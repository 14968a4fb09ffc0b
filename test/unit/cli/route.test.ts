import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../../shared/spec.ts';
import { CommandLine } from './command-line.ts';

const CREATE = ['route', 'create', 'orders', 'orders:orders-v2'] as const;

/** Routes to the target by the transitions of a cutover. */
async function switchRoute(segue: CommandLine): Promise<void> {
  await segue.with(async ({ journal, route, now }) => {
    await journal.gate.create();
    const gateRevision = await journal.gate.move(false, 1);
    const current = await route.read();
    if (!current) throw new Error('there is no route to switch');
    const fenced = await route.fence(await route.announce(current, now), now + 10_000);
    await route.switch(
      fenced,
      journal.gate.next(gateRevision, { open: false, sealed: true, since: 0, floor: 0 }),
    );
  });
}

async function report(segue: CommandLine, id: string, reason?: string): Promise<void> {
  await segue.with(({ route, now }) =>
    route.report({
      id,
      ready: reason === undefined,
      ...(reason === undefined ? {} : { reason }),
      at: now,
      expiresAt: Math.ceil(now / 1000) + 60,
    }),
  );
}

describe('segue route create', () => {
  it("creates a route at the source, with the keys of the source table and the migration's attribute", async () => {
    const segue = new CommandLine();
    const { code, out } = await segue.run(...CREATE);
    expect(code).toBe(0);
    expect(out).toContain('orders → orders-v2, keys customer (S), number (N)');
    expect(await segue.with(({ route }) => route.read())).toMatchObject({
      state: 'source',
      revision: 1,
      reserved: '_segue:orders',
      tables: [
        {
          source: 'orders',
          target: 'orders-v2',
          keys: [
            { name: 'customer', type: 'S' },
            { name: 'number', type: 'N' },
          ],
        },
      ],
    });
  });

  it('leaves the same route as it is', async () => {
    const segue = new CommandLine();
    await segue.run(...CREATE);
    const { code, out } = await segue.run(...CREATE);
    expect(code).toBe(0);
    expect(out).toContain('exists already');
    expect(await segue.with(({ route }) => route.read())).toMatchObject({ revision: 1 });
  });

  it.each([
    ['has other tables', async () => {}, ['route', 'create', 'orders', 'orders:elsewhere']],
    ['is past the source', switchRoute, CREATE],
  ])('refuses when a route %s', async (_, arrange, again) => {
    const segue = new CommandLine();
    await segue.run(...CREATE);
    await arrange(segue);
    const { code, errors } = await segue.run(...again);
    expect(code).toBe(1);
    expect(errors).toContain('segue route show orders');
  });

  it('names every source that does not exist, and creates nothing', async () => {
    const segue = new CommandLine();
    const { code, errors } = await segue.run(
      'route',
      'create',
      'orders',
      'orders:a-1',
      'one:two',
      'three:four',
    );
    expect(code).toBe(1);
    expect(errors).toContain('there is no table one, three');
    expect(await segue.with(({ route }) => route.read())).toBeUndefined();
  });

  it.each(['orders', 'orders:', ':orders-v2', 'a:b:c'])('refuses %j, which is no pair', async (pair) => {
    const { code, errors } = await new CommandLine().run('route', 'create', 'orders', pair);
    expect(code).toBe(1);
    expect(errors).toContain('<source>:<target>');
  });

  it('names buckets beside tables', async () => {
    const segue = new CommandLine();
    const { code, out } = await segue.run(
      ...CREATE,
      's3://photos/a/:s3://photos-v2/',
      's3://docs:s3://docs-v2',
    );
    expect(code).toBe(0);
    expect(out).toContain('s3://photos/a/ → s3://photos-v2/\n');
    expect(await segue.with(({ route }) => route.read())).toMatchObject({
      protocol: 2,
      tables: [{ source: 'orders' }],
      buckets: [
        { source: { bucket: 'photos', prefix: 'a/' }, target: { bucket: 'photos-v2', prefix: '' } },
        { source: { bucket: 'docs', prefix: '' }, target: { bucket: 'docs-v2', prefix: '' } },
      ],
    });
    const shown = await segue.run('route', 'show', 'orders');
    expect(shown.out).toMatch(
      /Buckets +s3:\/\/photos\/a\/ → s3:\/\/photos-v2\/\n +s3:\/\/docs\/ → s3:\/\/docs-v2\//,
    );
  });

  it('leaves the same route of buckets alone as it is, and refuses another one', async () => {
    const segue = new CommandLine();
    const create = ['route', 'create', 'photos', 's3://photos/a/:s3://photos-v2/a/'] as const;
    await segue.run(...create);
    expect((await segue.run(...create)).out).toContain('exists already');
    const { code, errors } = await segue.run('route', 'create', 'photos', 's3://photos/b/:s3://photos-v2/b/');
    expect(code).toBe(1);
    expect(errors).toContain('segue route show photos');
  });

  it('names everything that is wrong with its pairs at once', async () => {
    const segue = new CommandLine();
    const { code, errors } = await segue.run(
      ...['route', 'create', 'my photos', 'orders', 's3://Photos/:s3://photos-v2/', 's3://one/'],
      ...['s3://two/a/:s3://two/a/b/', 's3://three/:s3://photos-v2/x/', 's3://four/:s3://four-s3alias/'],
    );
    expect(code).toBe(1);
    expect(errors).toMatch(/the route has 7 problems/);
    for (const what of [
      'orders: this is no pair',
      's3://one/: this is no pair',
      'name: malformed',
      's3://Photos/:s3://photos-v2/: the source is no name of a bucket',
      's3://two/a/:s3://two/a/b/: the target names objects that are named already, by the source of s3://two/a/',
      's3://three/:s3://photos-v2/x/: the target names objects that are named already, by the target of s3://Photos/',
      's3://four/:s3://four-s3alias/: the target is no name of a bucket',
    ])
      expect(errors).toContain(what);
    expect(await segue.with(({ route }) => route.read())).toBeUndefined();
  });

  it('takes a source within another one', async () => {
    const pairs = ['s3://photos/:s3://photos-v2/', 's3://photos/raw/:s3://raw/'];
    expect((await new CommandLine().run('route', 'create', 'photos', ...pairs)).code).toBe(0);
  });

  it('refuses names that no spec may have', async () => {
    const { code, errors } = await new CommandLine().run('route', 'create', 'my orders', 'orders:orders');
    expect(code).toBe(1);
    expect(errors).toMatch(/name: malformed/);
  });
});

describe('segue route show', () => {
  it('shows the state, the tables, the times and each router', async () => {
    const segue = new CommandLine();
    await segue.run(...CREATE);
    await report(segue, 'web-1');
    await report(segue, 'web-2', 'AccessDenied on orders-v2');
    const { code, out } = await segue.run('route', 'show', 'orders');
    expect(code).toBe(0);
    expect(out).toMatch(/State +source: requests go to the source/);
    expect(out).toMatch(/Revision +1 \(protocol 1\)/);
    expect(out).toMatch(/Tables +orders → orders-v2, keys customer \(S\), number \(N\)/);
    expect(out).toMatch(/Cache time +5 s/);
    expect(out).toMatch(/Routers +2 live, 1 ready/);
    expect(out).toMatch(/✔ web-1/);
    expect(out).toMatch(/✖ web-2 .*: AccessDenied on orders-v2/);
  });

  it('says what to do when there is none', async () => {
    const { code, errors } = await new CommandLine().run('route', 'show', 'orders');
    expect(code).toBe(1);
    expect(errors).toContain('segue route create');
  });
});

describe('segue route retire', () => {
  async function switched(confirms?: boolean): Promise<CommandLine> {
    const segue = new CommandLine({ confirms });
    await segue.run(...CREATE);
    await switchRoute(segue);
    return segue;
  }

  it('removes a route at the source whose migration has not begun, so that it can be created anew', async () => {
    const segue = new CommandLine();
    await segue.run(...CREATE);
    expect((await segue.run('route', 'retire', 'orders', '--yes')).code).toBe(0);
    expect(await segue.with(({ route }) => route.read())).toBeUndefined();
  });

  it('refuses before the cutover, once the migration has begun', async () => {
    const segue = new CommandLine();
    await segue.run(...CREATE);
    const spec = parseSpec({
      name: 'orders',
      resources: [{ source: { table: 'orders' }, target: { table: 'orders-v2' } }],
    });
    await segue.with(({ journal }) => journal.register({ identity: 'x', spec, createdAt: 1 }));
    const { code, errors } = await segue.run('route', 'retire', 'orders', '--yes');
    expect(code).toBe(1);
    expect(errors).toContain('is not over');
    expect(await segue.with(({ route }) => route.read())).toBeDefined();
  });

  it('says what it means and how many routers would fail, and removes the route on a yes', async () => {
    const segue = await switched(true);
    await report(segue, 'web-1');
    const { code, errors } = await segue.run('route', 'retire', 'orders');
    expect(code).toBe(0);
    expect(errors).toContain('refuses every request');
    expect(errors).toContain('1 router is live');
    expect(await segue.with(({ route }) => route.read())).toBeUndefined();
  });

  it.each([
    ['on a no', false, 'left as it is'],
    ['when nobody is there to be asked', undefined, '--yes'],
  ])('leaves the route %s', async (_, confirms, said) => {
    const segue = await switched(confirms);
    const { code, errors } = await segue.run('route', 'retire', 'orders');
    expect(code).toBe(1);
    expect(errors).toContain(said);
    expect(await segue.with(({ route }) => route.read())).toBeDefined();
  });

  it('does not ask with --yes', async () => {
    expect((await (await switched(false)).run('route', 'retire', 'orders', '--yes')).code).toBe(0);
  });
});
