import { expect, it, vi } from 'vitest';
import { cutoverStep, restoreActive, type SwitchFact } from '../../../shared/engine/cutover.ts';
import type { RehearsalFact } from '../../../shared/engine/rehearsal.ts';
import { CutoverGivenUpError, LeaseLostError, PermanentError } from '../../../shared/errors.ts';
import { CUTOVER_STEPS, type CutoverStep } from '../../../shared/phases.ts';
import { RouteTable } from '../../../shared/route.ts';
import { losingAnswer } from '../../contract/lossy-client.ts';
import { type Bench, NAME, onBench, SMOKE_TESTED } from './bench.ts';
import { cell, item, keyOf, removalOf, tombstone, version } from './cells.ts';
import { beforeStep, cutOver, settleRouters } from './cutovers.ts';
import { scriptedFeed } from './feeds.ts';

const AFTER_ANNOUNCE = CUTOVER_STEPS.slice(1);
const AFTER_FENCE = CUTOVER_STEPS.slice(2);
const step = (bench: Bench, name: CutoverStep, epoch = bench.epoch) =>
  cutoverStep(bench.migration(), name, epoch);
const gate = (bench: Bench) => bench.journal().gate.read();
/** With every step that there may be. */
const SMOKED = { cutover: SMOKE_TESTED };
/** What the first direction has noted. */
const forward = (bench: Bench) => bench.journal({ epoch: 1 }).direction;

it('routes to the target in the end, ends the direction and notes the pause', () =>
  onBench(async (bench) => {
    await cutOver(bench);
    expect((await bench.route()).state).toBe('target');
    expect(await gate(bench)).toMatchObject({ epoch: 2, open: false, sealed: true });
    const fact = await forward(bench).fact<SwitchFact>('switch');
    expect(fact?.attempt).toBe(1);
    expect((fact?.switchedAt ?? 0) - (fact?.fencedAt ?? 0)).toBeLessThan(5_000);
    expect((await bench.journal().coordinator.read())?.phase).toBe('reverse');
  }));

it('takes over what came between the last round and the fence', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'announce');
    bench.source.load([item('a', 'late'), item('b', 'gone')]);
    bench.source.remove(keyOf('b'));
    await bench.deliver();
    for (const name of AFTER_ANNOUNCE) await step(bench, name);
    expect(await bench.resource().target.read([keyOf('a'), keyOf('b')])).toMatchObject([
      { kind: 'item', item: item('a', 'late') },
      { kind: 'absent' },
    ]);
  }, SMOKED));

it('announces only when no router holds on to a longer cache time', () =>
  onBench(async (bench) => {
    await bench.migration().route.tighten(await bench.route(), 200);
    await expect(step(bench, 'announce')).rejects.toThrow('longer cache times');
    expect((await bench.route()).state).toBe('source');
  }));

it('counts its announcements', () =>
  onBench(async (bench) => {
    await settleRouters(bench);
    for (const attempt of [1, 2]) {
      await step(bench, 'announce');
      expect((await bench.journal().coordinator.read())?.cutover).toMatchObject({ attempt });
    }
  }));

it('fences when every router must have seen the announcement', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'announce');
    // Since the announcement was seen to stand, whatever the time that it names.
    await bench.task.runtime.sleep(5_000);
    const began = bench.now;
    const { cacheMilliseconds } = await bench.route();
    await step(bench, 'fence');
    expect(bench.now).toBeGreaterThanOrEqual(began + cacheMilliseconds);
    const route = await bench.route();
    expect(route.state).toBe('fenced');
    expect((route.deadline ?? 0) - bench.now).toBeLessThanOrEqual(bench.spec.cutover.pauseSeconds * 1000);
  }));

it('drains until what routers sent before the fence is answered or given up', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'fence');
    // Since the fence was seen to stand: its write may have been slow.
    await bench.task.runtime.sleep(1_000);
    const began = bench.now;
    const { attemptMilliseconds } = await bench.route();
    await step(bench, 'drain');
    expect(bench.now).toBeGreaterThanOrEqual(began + attemptMilliseconds + 600);
  }));

it.each(AFTER_FENCE)('%s refuses when somebody has lifted the fence', (name) =>
  onBench(async (bench) => {
    await cutOver(bench, beforeStep(name));
    await bench.migration().route.lift(await bench.route());
    await expect(step(bench, name)).rejects.toThrow(CutoverGivenUpError);
    expect((await bench.route()).state).toBe('source');
  }, SMOKED),
);

it.each(AFTER_ANNOUNCE)('%s refuses when a successor has raised the revision', (name) =>
  onBench(async (bench) => {
    await cutOver(bench, beforeStep(name));
    await bench.migration().route.raise(await bench.route());
    await expect(step(bench, name)).rejects.toThrow('it was lifted or taken over');
    expect((await bench.route()).state).not.toBe('target');
  }, SMOKED),
);

it.each([
  { name: 'drain', under: 'announce' },
  { name: 'close', under: 'fence' },
  { name: 'recheck', under: 'drain' },
  { name: 'smoke-test', under: 'close' },
  { name: 'switch', under: 'fence' },
  { name: 'switch', under: 'close' },
  { name: 'switch', under: 'recheck' },
] as const)('$name, invoked for an earlier attempt, does not jump ahead of one after $under', (jump) =>
  onBench(async (bench) => {
    await cutOver(bench, jump.under);
    await expect(step(bench, jump.name)).rejects.toThrow(CutoverGivenUpError);
    expect((await bench.route()).state).not.toBe('target');
    expect((await gate(bench)).sealed).toBe(false);
  }, SMOKED),
);

it('a step that ends after a later attempt has begun does not note itself there', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'fence');
    const { coordinator } = bench.journal();
    const early = (await coordinator.read())?.cutover;
    if (!early) throw new Error('no cutover is noted');
    await coordinator.noteCutover(1, { ...early, attempt: 2, done: 'announce' });
    await expect(coordinator.noteCutover(1, { ...early, done: 'drain' })).rejects.toThrow(
      CutoverGivenUpError,
    );
    expect((await coordinator.read())?.cutover).toMatchObject({ attempt: 2, done: 'announce' });
  }));

it.each(CUTOVER_STEPS)('%s is refused to a coordinator that another has replaced', (name) =>
  onBench(async (bench) => {
    if (name === 'announce') await settleRouters(bench);
    else await cutOver(bench, beforeStep(name));
    await bench.journal().coordinator.take('execution 2', 'execution 1');
    const { revision } = await bench.route();
    await expect(step(bench, name)).rejects.toThrow(LeaseLostError);
    expect((await bench.route()).revision).toBe(revision);
  }, SMOKED),
);

it.each(AFTER_FENCE)('%s gives up when the pause would become too long', (name) =>
  onBench(async (bench) => {
    await cutOver(bench, beforeStep(name));
    await bench.task.runtime.sleep(10_000);
    await expect(step(bench, name)).rejects.toThrow(CutoverGivenUpError);
    expect((await bench.route()).state).toBe('fenced');
  }, SMOKED),
);

it('close gives up when an invocation that may write the target does not end', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'drain');
    await bench.journal().gate.take('apply', bench.now + 60_000);
    await expect(step(bench, 'close')).rejects.toThrow('did not end in time');
    expect((await gate(bench)).open).toBe(false);
  }));

it('close refuses when another coordinator has moved the gate', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'drain');
    const { revision } = await gate(bench);
    await bench.journal().gate.move(true, revision);
    await expect(step(bench, 'close')).rejects.toThrow('moved by another coordinator');
  }));

it('rechecks only while the direction is closed', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'close');
    await bench.journal().gate.move(true, (await gate(bench)).revision);
    await expect(step(bench, 'recheck')).rejects.toThrow('the direction is closed');
  }));

it('the final recheck repairs every key that was listed, and publishes the floor', () =>
  onBench(
    async (bench) => {
      await bench.journal().lists.add('repaired', [{ resource: 0, key: keyOf('a'), version: version(1) }]);
      await cutOver(bench, 'recheck');
      expect(bench.target.get(keyOf('a'))).toMatchObject(item('a', 'right'));
      expect(await forward(bench).fact('recheck')).toMatchObject({
        readAt: expect.any(Number),
        keys: 1,
        repaired: 1,
      });
      expect((await gate(bench)).floor).toBeGreaterThanOrEqual(bench.second - 1);
    },
    { source: [item('a', 'right')], target: [cell(item('a', 'wrong'), version(1))] },
  ));

it('publishes a floor no lower than the last record, also when the clocks differ', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'close');
    const ahead = bench.second + 100;
    const { feed } = scriptedFeed({ id: 'shard', answers: [[removalOf('a', 1, ahead)]] });
    await cutoverStep(bench.migration({ feeds: [{ stream: bench.stream, feed }] }), 'recheck', 1);
    expect((await gate(bench)).floor).toBe(ahead);
  }));

it('the final recheck deletes the last tombstones', () =>
  onBench(
    async (bench) => {
      await bench
        .journal()
        .lists.add('tombstone', [{ resource: 0, key: keyOf('a'), version: version(1, 'tombstone') }]);
      await cutOver(bench, 'recheck');
      expect(bench.target.items()).toEqual([]);
    },
    { target: [tombstone('a', 1)] },
  ));

it('the final recheck gives up when a tombstone stands above the floor', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'close');
    await bench
      .journal()
      .lists.add('tombstone', [
        { resource: 0, key: keyOf('a'), version: version(1, 'tombstone', bench.second + 100) },
      ]);
    await expect(step(bench, 'recheck')).rejects.toThrow('the clocks differ too much');
    expect(await bench.journal().gate.permitsOut()).toEqual(new Map());
  }));

it("the final recheck gives up when a key can't be written", () =>
  onBench(
    async (bench) => {
      await bench.journal().lists.add('recheck', [{ resource: 0, key: keyOf('a'), version: version(1) }]);
      await cutOver(bench, 'close');
      const { target, ...rest } = bench.resource();
      const write: typeof target.write = async ({ key }) => ({
        verdict: 'rejected',
        key,
        reason: 'no',
        oversize: false,
      });
      const resources = [{ ...rest, target: { ...target, write } }];
      await expect(cutoverStep(bench.migration({ resources }), 'recheck', 1)).rejects.toThrow(
        'keys not settled: 1',
      );
    },
    { source: [item('a', 'one')] },
  ));

it('switches only when a final recheck that still runs has ended', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'recheck');
    const { revision } = await gate(bench);
    await bench.journal().gate.take('recheck', bench.now + 60_000, revision);
    await expect(step(bench, 'switch')).rejects.toThrow('did not end in time');
    expect((await bench.route()).state).toBe('fenced');
  }));

it('does not switch when the permits came back too late', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'recheck');
    const migration = bench.migration();
    vi.spyOn(migration.journal.gate, 'waitForPermits').mockImplementation(async () => {
      await bench.task.runtime.sleep(10_000);
      return true;
    });
    await expect(cutoverStep(migration, 'switch', 1)).rejects.toThrow(
      'the write pause would have become too long',
    );
    expect((await bench.route()).state).toBe('fenced');
  }));

it('takes a switch whose answer was lost for what it was', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'recheck');
    const actor = {
      client: bench.world.client(bench.task),
      streams: bench.world.streamsClient(bench.task),
      runtime: bench.task.runtime,
    };

    const { client } = losingAnswer(actor, 'TransactWriteItems');
    const route = new RouteTable(client, 'route', NAME, bench.task.runtime);
    await cutoverStep(bench.migration({ route }), 'switch', 1);
    expect((await bench.route()).state).toBe('target');
    expect(await forward(bench).fact('switch')).toBeDefined();
  }));

it('notes the switch of a coordinator that could not', () =>
  onBench(async (bench) => {
    await cutOver(bench);
    const fact = await forward(bench).fact<SwitchFact>('switch');
    bench.world.table('journal').remove({ pk: { S: `migration#${NAME}` }, sk: { S: 'fact#switch' } });
    await bench.task.runtime.sleep(60_000);
    await step(bench, 'switch', 1);
    const noted = await forward(bench).fact<SwitchFact>('switch');
    expect(noted).toMatchObject({ attempt: 1, fencedAt: fact?.fencedAt });
    expect(Math.abs((noted?.switchedAt ?? 0) - (fact?.switchedAt ?? 0))).toBeLessThan(1_000);
  }));

it.each(CUTOVER_STEPS)('%s does nothing once the switch is made', (name) =>
  onBench(async (bench) => {
    await cutOver(bench);
    const [route, before] = [await bench.route(), await gate(bench)];
    await step(bench, name, 1);
    expect(await bench.route()).toEqual(route);
    expect(await gate(bench)).toEqual(before);
  }, SMOKED),
);

it('a new coordinator undoes nothing that the switch has done', () =>
  onBench(async (bench) => {
    await cutOver(bench);
    const [route, before] = [await bench.route(), await gate(bench)];
    await restoreActive(bench.migration());
    expect(await bench.route()).toEqual(route);
    expect(await gate(bench)).toEqual(before);
  }));

it('stops for good when somebody has deleted the route', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'fence');
    bench.world.table('route').remove({ name: { S: NAME }, sk: { S: 'route' } });
    await expect(step(bench, 'drain')).rejects.toThrow(PermanentError);
  }));

const BEFORE_THE_SWITCH = CUTOVER_STEPS.slice(0, -1);
const APPROVED = { cutover: { approval: 'required' } } as const;

it('rehearses everything but the switch, and measures the pause', () =>
  onBench(async (bench) => {
    const { coordinator } = bench.journal();
    await coordinator.approve({ by: 'Ada', at: bench.now, rehearsal: true });
    await cutOver(bench, 'recheck');
    // A rehearsal that has begun stays one, whatever is approved meanwhile.
    await coordinator.withdrawApproval();
    await coordinator.approve({ by: 'Ada', at: bench.now });
    await expect(step(bench, 'switch')).rejects.toThrow(CutoverGivenUpError);
    expect((await bench.route()).state).toBe('fenced');
    expect(await gate(bench)).toMatchObject({ sealed: false });
    const fact = await bench.journal().fact<RehearsalFact>('rehearsal');
    expect(fact).toMatchObject({ attempt: 1 });
    expect(fact?.pauseMilliseconds).toBeGreaterThan(1_000);
    expect(fact?.pauseMilliseconds).toBeLessThan(5_000);
  }, APPROVED));

it.each(BEFORE_THE_SWITCH.flatMap((name) => [['postponed', name] as const, ['paused', name] as const]))(
  'once it is %s it goes no further than %s',
  (held, name) =>
    onBench(async (bench) => {
      await cutOver(bench, name);
      const { controls } = bench.journal();
      if (held === 'paused') await controls.pause({ by: 'Ada', at: bench.now });
      else await controls.postpone({ by: 'Ada', at: bench.now, until: bench.now + 3_600_000, epoch: 1 });
      const next = CUTOVER_STEPS[CUTOVER_STEPS.indexOf(name) + 1] as CutoverStep;
      await expect(step(bench, next)).rejects.toThrow(new RegExp(`^${held} by Ada (until|since)`));
      expect((await bench.route()).state).not.toBe('target');
    }, SMOKED),
);
