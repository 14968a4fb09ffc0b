import { expect, it } from 'vitest';
import { cutoverStep, giveUp, restoreActive } from '../../../shared/engine/cutover.ts';
import { isRehearsal } from '../../../shared/engine/rehearsal.ts';
import { LeaseLostError } from '../../../shared/errors.ts';
import { CUTOVER_STEPS, cutoverSteps } from '../../../shared/phases.ts';
import { RouteTable } from '../../../shared/route.ts';
import { losingConnection } from '../../contract/lossy-client.ts';
import { type Bench, NAME, onBench, SMOKE_TESTED } from './bench.ts';
import { cutOver, settleRouters } from './cutovers.ts';

const BEFORE_THE_SWITCH = CUTOVER_STEPS.slice(0, -1);
const give = (bench: Bench, epoch = bench.epoch) => giveUp(bench.migration(), 'a reason', epoch);
const gate = (bench: Bench) => bench.journal().gate.read();
/** What the first direction has noted. */
const forward = (bench: Bench) => bench.journal({ epoch: 1 }).direction;
/** Given back, and to be tried again. */
const LIFTED = { kind: 'lifted', standBy: 'ready', retry: true } as const;

it.each(BEFORE_THE_SWITCH)('after %s everything is given back as it was in ready', (name) =>
  onBench(
    async (bench) => {
      await cutOver(bench, name);
      expect(await give(bench)).toEqual(LIFTED);
      const route = await bench.route();
      expect(route.state).toBe('source');
      expect(route.fenceAt).toBeUndefined();
      expect(route.deadline).toBeUndefined();
      expect((await gate(bench)).open).toBe(true);
      expect((await bench.journal().coordinator.read())?.phase).toBe('ready');
    },
    { cutover: SMOKE_TESTED },
  ),
);

it.each(BEFORE_THE_SWITCH)('after %s a new coordinator undoes the cutover of its predecessor', (name) =>
  onBench(
    async (bench) => {
      await cutOver(bench, name);
      await restoreActive(bench.migration());
      expect((await bench.route()).state).toBe('source');
      expect((await gate(bench)).open).toBe(true);
    },
    { cutover: SMOKE_TESTED },
  ),
);

it('a new coordinator raises the revision, so that its predecessor writes the route no more', () =>
  onBench(async (bench) => {
    const seen = await bench.route();
    await restoreActive(bench.migration());
    await expect(bench.migration().route.announce(seen, bench.now)).rejects.toThrow('changed by somebody');
  }));

it('a new coordinator asks routers anew for their notes: those before it may have expired unread', () =>
  onBench(async (bench) => {
    const { route } = bench.migration();
    const hinting = await route.hint(await bench.route());
    await restoreActive(bench.migration());
    const { hinted, state, revision } = await bench.route();
    expect({ hinted, state, revision }).toEqual({ state: 'source', revision: hinting.revision + 1 });
  }));

it('refuses a close of the predecessor that is still on its way', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'drain');
    const { revision } = await gate(bench);
    await restoreActive(bench.migration());
    await expect(bench.journal().gate.move(false, revision)).rejects.toThrow('moved by another');
    expect((await gate(bench)).open).toBe(true);
  }));

it('the next cutover can be made after one was given up', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'recheck');
    await give(bench);
    for (const name of cutoverSteps(bench.spec)) await cutoverStep(bench.migration(), name, 1);
    expect((await bench.route()).state).toBe('target');
    expect(await forward(bench).fact('switch')).toMatchObject({ attempt: 2 });
  }));

it('never lowers the floor that the final recheck has published', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'recheck');
    const { floor } = await gate(bench);
    await give(bench);
    expect(floor).toBeGreaterThan(0);
    expect((await gate(bench)).floor).toBe(floor);
  }));

it('notes what was given up, at which step and why', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'fence');
    await give(bench);
    expect([...(await forward(bench).facts('given-up#')).values()]).toMatchObject([
      { attempt: 1, reason: 'fence: a reason' },
    ]);
  }));

it('does not mind that a router has lifted the fence before', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'close');
    await bench.migration().route.lift(await bench.route());
    expect(await give(bench)).toMatchObject({ kind: 'lifted' });
    expect((await gate(bench)).open).toBe(true);
  }));

it('gives up nothing when the switch was made after all', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'recheck');
    const actor = {
      client: bench.world.client(bench.task),
      streams: bench.world.streamsClient(bench.task),
      runtime: bench.task.runtime,
    };
    const { client } = losingConnection(actor, 'TransactWriteItems');
    const route = new RouteTable(client, 'route', NAME, bench.task.runtime);
    await expect(cutoverStep(bench.migration({ route }), 'switch', 1)).rejects.toThrow('socket');
    expect(await give(bench, 1)).toEqual({ kind: 'switched', standBy: 'reverse' });
    expect(await forward(bench).fact('switch')).toMatchObject({ attempt: 1 });
    expect((await bench.route()).state).toBe('target');
    expect(await gate(bench)).toMatchObject({ epoch: 2, open: false, sealed: true });
  }));

it('is refused to a coordinator that another has replaced', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'fence');
    await bench.journal().coordinator.take('execution 2', 'execution 1');
    await expect(give(bench)).rejects.toThrow(LeaseLostError);
    expect((await bench.route()).state).toBe('fenced');
  }));

async function giveUpTwice(bench: Bench) {
  await bench.journal().coordinator.approve({ by: 'a person', at: 0 });
  await cutOver(bench, 'fence');
  const first = await give(bench);
  const approvedThen = await bench.journal().coordinator.approval();
  for (const name of ['announce', 'fence'] as const) await cutoverStep(bench.migration(), name, 1);
  return { first, approvedThen, second: await give(bench) };
}

it('asks for a new approval when its attempts are used up', () =>
  onBench(
    async (bench) => {
      const { first, approvedThen, second } = await giveUpTwice(bench);
      expect([first, second]).toEqual([LIFTED, LIFTED]);
      expect(approvedThen).toMatchObject({ by: 'a person' });
      expect(await bench.journal().coordinator.approval()).toBeUndefined();
      // A new approval brings as many attempts as the first.
      expect((await bench.journal().coordinator.read())?.cutover?.givenUp).toBe(0);
    },
    { cutover: { approval: 'required', attempts: 2 } },
  ));

it('ends when its attempts are used up and nobody would be asked', () =>
  onBench(
    async (bench) => {
      const { first, second } = await giveUpTwice(bench);
      expect(first).toEqual(LIFTED);
      expect(second).toEqual({ ...LIFTED, retry: false });
    },
    { cutover: { approval: 'automatic', attempts: 2 } },
  ));

async function rehearse(bench: Bench) {
  for (const name of cutoverSteps(bench.spec).slice(0, -1)) await cutoverStep(bench.migration(), name, 1);
  await expect(cutoverStep(bench.migration(), 'switch', 1)).rejects.toThrow('rehearsal');
}

it('after a rehearsal everything is as it was, no attempt is used up, and a person is asked', () =>
  onBench(
    async (bench) => {
      const { coordinator } = bench.journal();
      await settleRouters(bench);
      for (const _ of ['first', 'second']) {
        await coordinator.approve({ by: 'Ada', at: bench.now, rehearsal: true });
        await rehearse(bench);
        expect(await give(bench)).toEqual(LIFTED);
        expect((await bench.route()).state).toBe('source');
        expect((await gate(bench)).open).toBe(true);
        expect(await coordinator.approval()).toBeUndefined();
        expect((await coordinator.read())?.cutover?.givenUp).toBe(0);
      }
      await coordinator.approve({ by: 'Ada', at: bench.now });
      for (const name of cutoverSteps(bench.spec)) await cutoverStep(bench.migration(), name, 1);
      expect((await bench.route()).state).toBe('target');
    },
    { cutover: { approval: 'required', attempts: 1 } },
  ));

it('rehearses once where the spec asks for it, then cuts over', () =>
  onBench(
    async (bench) => {
      await settleRouters(bench);
      await rehearse(bench);
      expect(await give(bench)).toEqual(LIFTED);
      for (const name of cutoverSteps(bench.spec)) await cutoverStep(bench.migration(), name, 1);
      expect((await bench.route()).state).toBe('target');
    },
    { cutover: { rehearse: true, attempts: 1 } },
  ));

it('asks a person once a rehearsal could not be made', () =>
  onBench(
    async (bench) => {
      await cutOver(bench, 'fence');
      expect(await give(bench)).toEqual(LIFTED);
      expect(await bench.journal().fact('rehearsal')).toMatchObject({ failed: 'a reason' });
      expect(await isRehearsal(bench.migration())).toBe(false);
    },
    { cutover: { approval: 'required', rehearse: true, attempts: 1 } },
  ));

it.each(['postponed', 'paused'])('uses up no attempt for a cutover that was %s', (held) =>
  onBench(
    async (bench) => {
      const { controls, coordinator } = bench.journal();
      await coordinator.approve({ by: 'Ada', at: bench.now });
      await cutOver(bench, 'drain');
      if (held === 'paused') await controls.pause({ by: 'Ada', at: bench.now });
      else await controls.postpone({ by: 'Ada', at: bench.now, until: bench.now + 60_000, epoch: 1 });
      expect(await give(bench)).toEqual(LIFTED);
      expect(await coordinator.approval()).toMatchObject({ by: 'Ada' });
    },
    { cutover: { approval: 'required', attempts: 1 } },
  ),
);
