import { expect, it } from 'vitest';
import { cutoverStep, giveUp } from '../../../shared/engine/cutover.ts';
import type { RehearsalFact } from '../../../shared/engine/rehearsal.ts';
import type { SmokeTestFact } from '../../../shared/engine/smoke-test.ts';
import { CutoverGivenUpError } from '../../../shared/errors.ts';
import type { CallSmokeTest, SmokeTestCall, SmokeTestOutcome } from '../../../shared/smoke-test.ts';
import { readHistory, readStatus } from '../../../shared/status.ts';
import { type Bench, onBench, SMOKE_TESTED, WAY_BACK } from './bench.ts';
import { cutOver, settleRouters } from './cutovers.ts';

const SMOKED = { cutover: SMOKE_TESTED };
const ok = (answer: unknown): SmokeTestOutcome => ({ kind: 'answered', answer });

/** A smoke test that takes its time, and remembers how it was called. */
class FakeSmokeTest {
  readonly calls: SmokeTestCall[] = [];
  readonly call: CallSmokeTest;

  constructor(bench: Bench, outcome: SmokeTestOutcome = ok({ ok: true }), milliseconds = 100) {
    this.call = async (call) => {
      this.calls.push(call);
      await bench.task.runtime.sleep(milliseconds);
      return outcome;
    };
  }
}

const step = (bench: Bench, callSmokeTest: CallSmokeTest, name: 'smoke-test' | 'switch' = 'smoke-test') =>
  cutoverStep(bench.migration({ callSmokeTest }), name, bench.epoch);
const facts = async (bench: Bench, epoch = 1) => [
  ...(await bench.journal({ epoch }).direction.facts<SmokeTestFact>('smoke-test#')).values(),
];

it('runs once between the final recheck and the switch, while the fence stands', () =>
  onBench(async (bench) => {
    const states: string[] = [];
    const callSmokeTest: CallSmokeTest = async () => {
      const { cutover } = (await bench.journal().coordinator.read()) ?? {};
      states.push(`${(await bench.route()).state} after ${cutover?.done}`);
      return ok({ ok: true });
    };
    await cutOver(bench, 'switch', { callSmokeTest });
    expect(states).toEqual(['fenced after recheck']);
    expect((await bench.route()).state).toBe('target');
  }, SMOKED));

it('is told what is about to happen, and until when', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'recheck');
    const smokeTest = new FakeSmokeTest(bench);
    const began = bench.now;
    await step(bench, smokeTest.call);
    const [call] = smokeTest.calls;
    expect(call).toMatchObject({
      arn: SMOKE_TESTED.smokeTest.arn,
      input: {
        migration: 'm',
        from: 'source',
        to: 'target',
        resources: [{ source: 'source', target: 'target' }],
        attempt: 1,
        rehearsal: false,
      },
    });
    const { deadline } = (call?.input ?? {}) as { deadline?: string };
    const limit = Date.parse(deadline ?? '') - began;
    expect(limit).toBeGreaterThanOrEqual(3_000);
    expect(limit).toBeLessThan(3_500);
    expect(call?.limitMilliseconds).toBeLessThanOrEqual(3_000);
  }, SMOKED));

it('may not take longer than the pause leaves it, with time for the switch', () =>
  onBench(
    async (bench) => {
      await cutOver(bench, 'recheck');
      const { deadline = 0 } = await bench.route();
      const smokeTest = new FakeSmokeTest(bench);
      await bench.task.runtime.sleep(deadline - bench.now - 2_000);
      await step(bench, smokeTest.call);
      expect(smokeTest.calls[0]?.limitMilliseconds).toBeLessThanOrEqual(1_500);
      expect(smokeTest.calls[0]?.limitMilliseconds).toBeGreaterThan(1_000);
    },
    { cutover: { ...SMOKE_TESTED, pauseSeconds: 20 } },
  ));

it('is not called when the pause would become too long', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'recheck');
    const { deadline = 0 } = await bench.route();
    const smokeTest = new FakeSmokeTest(bench);
    await bench.task.runtime.sleep(deadline - bench.now - 400);
    await expect(step(bench, smokeTest.call)).rejects.toThrow('the write pause would have become too long');
    expect(smokeTest.calls).toEqual([]);
  }, SMOKED));

it('notes what it has answered, and how long it took', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'recheck');
    await step(bench, new FakeSmokeTest(bench, ok({ ok: true, orders: 12 }), 250).call);
    const [fact, ...others] = await facts(bench);
    expect(fact).toMatchObject({ attempt: 1, rehearsal: false, answer: '{"ok":true,"orders":12}' });
    expect(fact?.milliseconds).toBeGreaterThanOrEqual(250);
    expect(fact).not.toHaveProperty('failed');
    expect(others).toEqual([]);
  }, SMOKED));

it('shortens a long answer', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'recheck');
    await step(bench, new FakeSmokeTest(bench, ok({ ok: true, text: 'x'.repeat(100_000) })).call);
    expect((await facts(bench))[0]?.answer?.length).toBeLessThan(1_000);
  }, SMOKED));

it.each([
  ['says no', ok({ ok: false, message: 'order 7 is missing' }), 'order 7 is missing'],
  ['says no without a reason', ok({ ok: false }), 'it answered {"ok":false}'],
  ['answers nothing', ok(null), 'it answered null'],
  ['answers anything but yes', ok({ statusCode: 500 }), 'it answered {"statusCode":500}'],
  ['answers a text', ok('{"ok":true}'), 'it answered "{\\"ok\\":true}"'],
  ['says yes in another word', ok({ ok: 'true' }), 'it answered {"ok":"true"}'],
  ['errs', { kind: 'failed', reason: 'the function failed: TypeError: x' }, 'TypeError: x'],
  ['does not answer', { kind: 'failed', reason: 'no answer within 3000 ms' }, 'no answer within 3000 ms'],
] as const)('a smoke test that %s gives the cutover up, and everything is as before', (_, outcome, why) =>
  onBench(async (bench) => {
    await cutOver(bench, 'recheck');
    const failing = step(bench, new FakeSmokeTest(bench, outcome).call);
    const error = await failing.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CutoverGivenUpError);
    const { message } = error as Error;
    expect(message).toMatch(/^the smoke test failed: /);
    expect(message).toContain(why);
    await expect(step(bench, new FakeSmokeTest(bench).call, 'switch')).rejects.toThrow(
      'not after smoke-test',
    );
    expect(await giveUp(bench.migration(), message, 1)).toMatchObject({ kind: 'lifted', retry: true });
    expect(await bench.route()).toMatchObject({ state: 'source', active: 'source' });
    expect(await bench.journal().gate.read()).toMatchObject({ epoch: 1, open: true });
    expect((await facts(bench))[0]?.failed).toContain(why);
    const { givenUp, smokeTests } = await readHistory(bench.journal());
    expect(givenUp.map(({ reason }) => reason)).toEqual([expect.stringContaining(why)]);
    expect(smokeTests).toMatchObject([{ attempt: 1 }]);
  }, SMOKED),
);

it('is run anew in each attempt: what an earlier one has passed does not count', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'smoke-test');
    await giveUp(bench.migration(), 'a reason', 1);
    await cutOver(bench, 'recheck');
    const smokeTest = new FakeSmokeTest(bench);
    await expect(step(bench, smokeTest.call, 'switch')).rejects.toThrow('not after smoke-test');
    await step(bench, smokeTest.call);
    expect(smokeTest.calls).toMatchObject([{ input: { attempt: 2 } }]);
    await step(bench, smokeTest.call, 'switch');
    expect((await bench.route()).state).toBe('target');
    expect((await facts(bench)).map(({ attempt }) => attempt)).toEqual([1, 2]);
  }, SMOKED));

it('that ends when a later attempt is under way does not pass for that one', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'recheck');
    const late: CallSmokeTest = async () => {
      await giveUp(bench.migration(), 'it took too long', 1);
      await cutOver(bench, 'recheck');
      return ok({ ok: true });
    };
    await expect(step(bench, late)).rejects.toThrow(CutoverGivenUpError);
    expect((await bench.journal().coordinator.read())?.cutover).toMatchObject({
      attempt: 2,
      done: 'recheck',
    });
    await expect(step(bench, late, 'switch')).rejects.toThrow('not after smoke-test');
    expect((await bench.route()).state).toBe('fenced');
  }, SMOKED));

it('looks at the source before a rollback', () =>
  onBench(
    async (bench) => {
      await cutOver(bench);
      await cutOver(bench, 'recheck');
      const smokeTest = new FakeSmokeTest(bench);
      await step(bench, smokeTest.call);
      expect(smokeTest.calls).toMatchObject([{ input: { from: 'target', to: 'source', attempt: 2 } }]);
      await step(bench, smokeTest.call, 'switch');
      expect((await bench.route()).state).toBe('source');
      expect(await facts(bench, 2)).toMatchObject([{ attempt: 2 }]);
    },
    { cutover: { ...SMOKE_TESTED, ...WAY_BACK } },
  ));

it('takes part in a rehearsal, and counts in its pause', () =>
  onBench(
    async (bench) => {
      await settleRouters(bench);
      await cutOver(bench, 'recheck');
      const smokeTest = new FakeSmokeTest(bench, ok({ ok: true }), 2_000);
      await step(bench, smokeTest.call);
      expect(smokeTest.calls).toMatchObject([{ input: { rehearsal: true } }]);
      await expect(step(bench, smokeTest.call, 'switch')).rejects.toThrow('rehearsal');
      const fact = await bench.journal().fact<RehearsalFact>('rehearsal');
      expect(fact?.pauseMilliseconds).toBeGreaterThan(3_000);
      expect(await facts(bench)).toMatchObject([{ rehearsal: true }]);
    },
    { cutover: { ...SMOKE_TESTED, rehearse: true } },
  ));

it('is not called, and not waited for, where the spec asks for none', () =>
  onBench(async (bench) => {
    const smokeTest = new FakeSmokeTest(bench);
    await cutOver(bench, 'recheck');
    await expect(step(bench, smokeTest.call)).rejects.toThrow(CutoverGivenUpError);
    expect(smokeTest.calls).toEqual([]);
    await step(bench, smokeTest.call, 'switch');
    expect((await bench.route()).state).toBe('target');
    expect(await facts(bench)).toEqual([]);
  }));

it('stands in the status, the last one of whichever direction', () =>
  onBench(async (bench) => {
    const known = bench.journal();
    await known.register({ identity: 'identity', spec: bench.spec, createdAt: bench.now });
    const inStatus = async () => (await readStatus(known, bench.now))?.smokeTest;
    expect(await inStatus()).toBeUndefined();
    await cutOver(bench, 'smoke-test');
    expect(await inStatus()).toMatchObject({ attempt: 1, answer: '{"ok":true}' });
    await step(bench, new FakeSmokeTest(bench).call, 'switch');
    expect(await inStatus()).toMatchObject({ attempt: 1 });
  }, SMOKED));
