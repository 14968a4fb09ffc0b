import { describe, expect, it } from 'vitest';
import { FIRST_EPOCH, type Side } from '../../../shared/direction.ts';
import { isPolicyDue, policyFinding, wantedOf } from '../../../shared/engine/fence-policy.ts';
import { checkGates } from '../../../shared/engine/gates.ts';
import { type StandByFact, standBy } from '../../../shared/engine/stand-by.ts';
import type { Denied, PolicyState } from '../../../shared/journal/policies.ts';
import type { StandByPhase } from '../../../shared/phases.ts';
import { type Bench, onBench, type Setting, WAY_BACK } from './bench.ts';

const SETTLE_SECONDS = 60;
const FENCE = { policy: 'deny', settleSeconds: SETTLE_SECONDS } as const;
const ROLES = { ...FENCE, routerRoles: ['arn:aws:iam::123456789012:role/shop'] };
const NAMED: Setting = { cutover: { ...WAY_BACK, fence: ROLES } };
const LATE: Setting = { cutover: { ...WAY_BACK, fence: FENCE } };

/** Notes a policy as the function that changes it leaves it. */
async function left(bench: Bench, denied: Denied, changes: Partial<PolicyState> = {}, side: Side = 'source') {
  const { policies } = bench.journal();
  const owner = { resource: 0, side };
  const record = await policies.take(owner, { holder: 'w', now: bench.now, expiresAt: bench.now + 1 });
  await policies.note(
    owner,
    'w',
    {
      table: side,
      denied,
      revision: '1',
      since: bench.now - 90_000,
      seenAt: bench.now,
      seenInTerm: 1,
      history: [],
      ...changes,
    },
    record?.notes ?? 0,
  );
  await policies.give(owner, 'w');
}

const approve = (bench: Bench) => bench.journal().coordinator.approve({ by: 'Ada', at: bench.now });
const finding = (bench: Bench, asked = true) =>
  policyFinding(bench.migration(), {
    asked,
    approval: asked ? { by: 'Ada', at: bench.now } : undefined,
  });
const turn = (bench: Bench, phase: StandByPhase) =>
  standBy(bench.migration(), phase, {
    mappings: async () => ['Enabled'],
    targets: async () => [{ capacity: { holds: true, detail: '' }, timeToLive: { holds: true, detail: '' } }],
    uploads: async () => [],
  });

async function gateOf(bench: Bench, name: string) {
  const gates = await checkGates({
    migration: bench.migration(),
    round: { complete: true, records: 0, keys: 0, repaired: 0, lagSeconds: 0, milliseconds: 0 },
    mappings: ['Enabled'],
    targets: [],
    uploads: [],
    passive: { atTip: true },
  });
  return gates.find((gate) => gate.name === name);
}

describe('whom a policy denies', () => {
  const of = { fence: ROLES, epoch: FIRST_EPOCH, asked: false, ends: false };
  const late = { ...of, fence: FENCE };

  it.each([
    { when: 'the spec asks for none', view: { ...of, fence: undefined }, source: 'nobody', target: 'nobody' },
    { when: 'routers are named, before the switch', view: of, source: 'others', target: 'nobody' },
    { when: 'none is, before the switch', view: late, source: 'nobody', target: 'nobody' },
    {
      when: 'none is, and the cutover is approved',
      view: { ...late, asked: true },
      source: 'nobody',
      target: 'nobody',
    },
    {
      when: 'routers are named, after the switch',
      view: { ...of, epoch: 2 },
      source: 'everybody',
      target: 'others',
    },
    { when: 'none is, after the switch', view: { ...late, epoch: 2 }, source: 'everybody', target: 'nobody' },
    {
      when: 'a person asks for the way back',
      view: { ...of, epoch: 2, asked: true },
      source: 'others',
      target: 'others',
    },
    {
      when: 'the same without names',
      view: { ...late, epoch: 2, asked: true },
      source: 'nobody',
      target: 'nobody',
    },
    { when: 'it went back', view: { ...of, epoch: 3 }, source: 'others', target: 'everybody' },
    { when: 'the migration ends', view: { ...of, epoch: 2, ends: true }, source: 'nobody', target: 'nobody' },
  ] as const)('when $when', ({ view, source, target }) => {
    expect([wantedOf(view, 'source'), wantedOf(view, 'target')]).toEqual([source, target]);
  });
});

describe('the gate', () => {
  it('holds where the spec asks for no fence, whatever is noted', () =>
    onBench(async (bench) => {
      await left(bench, 'everybody');
      expect(await gateOf(bench, 'policy')).toMatchObject({ holds: true });
    }));

  it('holds without a look where nobody is to be denied before the switch', () =>
    onBench(async (bench) => expect(await finding(bench)).toMatchObject({ holds: true }), LATE));

  it('holds when the Deny has stood for long enough and was looked at moments ago', () =>
    onBench(async (bench) => {
      await left(bench, 'others');
      expect(await finding(bench)).toMatchObject({ holds: true });
    }, NAMED));

  it.each([
    { when: 'no Deny stands yet', denied: 'nobody', says: /about to be changed|being changed/ },
    {
      when: 'a change is on its way',
      denied: 'others',
      changes: { sent: { denied: 'nobody' } },
      says: /being changed/,
    },
    { when: 'the Deny is there for too short', denied: 'others', young: true, says: /relied on in 50 s/ },
    {
      when: 'somebody has changed the policy',
      denied: 'others',
      changed: true,
      says: /somebody has changed its policy.*removed: \{"Sid":"x"\}.*restore it, or accept it/,
    },
    { when: 'there is a problem', denied: 'nobody', changes: { problem: 'too large' }, says: /too large/ },
  ] as const)('is shut while $when', (given) =>
    onBench(async (bench) => {
      await left(bench, given.denied, {
        ...('changes' in given ? given.changes : {}),
        ...('young' in given ? { since: bench.now - 10_000 } : {}),
        ...('changed' in given
          ? { changed: { at: bench.now + 1_000, difference: ['removed: {"Sid":"x"}'] } }
          : {}),
      });
      const found = await finding(bench);
      expect(found).toMatchObject({ holds: false, detail: expect.stringMatching(given.says) });
      expect(found).not.toHaveProperty('look');
    }, NAMED),
  );

  it('is shut while somebody may still change the policy', () =>
    onBench(async (bench) => {
      await left(bench, 'others');
      const now = bench.now;
      await bench
        .journal()
        .policies.take({ resource: 0, side: 'source' }, { holder: 'zombie', now, expiresAt: now + 1_000 });
      expect(await finding(bench)).toMatchObject({ holds: false });
      await bench.task.runtime.sleep(2_000);
      expect(await finding(bench)).toMatchObject({ holds: true });
    }, NAMED));

  it.each([
    {
      when: 'the last look is old',
      changes: (now: number) => ({ since: now - 300_000, seenAt: now - 61_000 }),
    },
    {
      when: 'nobody has looked since it settled',
      changes: (now: number) => ({ since: now - 65_000, seenAt: now - 10_000 }),
    },
    {
      when: 'a problem was met a while ago',
      changes: (now: number) => ({ problem: 'refused', seenAt: now - 301_000 }),
    },
  ])('wants a look when $when, and nothing else', ({ changes }) =>
    onBench(async (bench) => {
      await left(bench, 'others', changes(bench.now));
      expect(await finding(bench)).toMatchObject({ holds: false, look: true });
    }, NAMED),
  );

  it('does not care how old the look is while nobody asks for the cutover', () =>
    onBench(async (bench) => {
      await left(bench, 'others', { since: 0, seenAt: 0 });
      expect(await finding(bench, false)).toMatchObject({ holds: true });
    }, NAMED));

  it('is shut until the Deny of the side to go back to is gone, and has been for long enough', () =>
    onBench(async (bench) => {
      bench.begin(2, { open: true });
      await left(bench, 'everybody');
      expect(await finding(bench, false)).toMatchObject({
        holds: true,
        detail: expect.stringContaining('everybody but the migrator'),
      });
      expect(await finding(bench)).toMatchObject({ holds: false });
      await left(bench, 'nobody', { since: bench.now - 10_000 });
      expect(await finding(bench)).toMatchObject({
        holds: false,
        detail: expect.stringContaining('relied on in'),
      });
      await left(bench, 'nobody');
      expect(await finding(bench)).toMatchObject({ holds: true });
    }, LATE));

  it('lets routers be unready that can not write the other side because its policy says so, until a person asks', () =>
    onBench(async (bench) => {
      bench.begin(2, { open: true });
      await left(bench, 'everybody');
      const { route } = bench.migration();
      await route.report({
        id: 'r',
        ready: false,
        reason: 'AccessDenied',
        at: bench.now,
        expiresAt: bench.second + 60,
      });
      const routers = () => gateOf(bench, 'routers');
      expect(await routers()).toMatchObject({ holds: true });
      await approve(bench);
      expect(await routers()).toMatchObject({ holds: false });
    }, LATE));
});

describe('a policy is due', () => {
  const due = (bench: Bench) => isPolicyDue(bench.migration());

  it('when it is not as wanted, and not when it is', () =>
    onBench(async (bench) => {
      expect(await due(bench)).toBe(true);
      await left(bench, 'others');
      expect(await due(bench)).toBe(false);
      bench.begin(2);
      expect(await due(bench)).toBe(true);
    }, NAMED));

  it('never without a fence in the spec', () =>
    onBench(async (bench) => {
      await left(bench, 'others', { seenAt: 0 });
      expect(await due(bench)).toBe(false);
    }));

  it('when an outcome is not known, and once a day', () =>
    onBench(async (bench) => {
      await left(bench, 'others', { sent: { denied: 'others' } });
      expect(await due(bench)).toBe(true);
      await left(bench, 'others', { seenAt: bench.now - 25 * 3_600_000 });
      expect(await due(bench)).toBe(true);
    }, NAMED));

  it('in each execution once, since the roles of the stack may be others', () =>
    onBench(async (bench) => {
      await left(bench, 'others', { seenInTerm: 0 });
      expect(await due(bench)).toBe(true);
    }, NAMED));

  it('not while somebody has to accept a change or to solve a problem', () =>
    onBench(async (bench) => {
      await left(bench, 'nobody', { changed: { at: bench.now, difference: [] } });
      expect(await due(bench)).toBe(false);
      await bench.task.runtime.sleep(1_000);
      await approve(bench);
      expect(await due(bench)).toBe(true);
      await left(bench, 'nobody', { problem: 'too large' });
      expect(await due(bench)).toBe(false);
    }, NAMED));
});

describe('the stand-by', () => {
  it('leads to the policies and back, before anything else', () =>
    onBench(async (bench) => {
      expect(await turn(bench, 'ready')).toEqual({
        done: true,
        waitSeconds: 0,
        epoch: 1,
        next: 'policy',
        standBy: 'ready',
      });
      expect(await bench.journal().direction.fact('stand-by')).toBeUndefined();
    }, NAMED));

  it('leads there after a switch without a way back, too', () =>
    onBench(
      async (bench) => {
        bench.begin(2, { open: false, sealed: true });
        expect(await turn(bench, 'reverse')).toMatchObject({ next: 'policy', standBy: 'reverse' });
      },
      { cutover: { fence: FENCE, complete: 'required' } },
    ));

  it('looks once more when nothing else keeps the cutover back', () =>
    onBench(async (bench) => {
      await bench.verified();
      await left(bench, 'others');
      await turn(bench, 'ready');
      await bench.task.runtime.sleep(80_000);
      expect(await turn(bench, 'ready')).toMatchObject({ done: true, next: 'policy' });
      await left(bench, 'others', { since: 0 });
      expect(await turn(bench, 'ready')).toMatchObject({ done: true, next: 'cutover' });
    }, NAMED));

  it('does not take an approval for one of a policy that was changed after it', () =>
    onBench(async (bench) => {
      await approve(bench);
      await left(bench, 'others', { changed: { at: bench.now + 1, difference: ['added: more'] } });
      expect(await turn(bench, 'ready')).toMatchObject({ done: false });
      expect(await bench.journal().coordinator.approval()).toBeUndefined();
      const fact = await bench.journal().direction.fact<StandByFact>('stand-by');
      expect(fact?.gates.find(({ name }) => name === 'policy')).toMatchObject({ holds: false });
      await bench.task.runtime.sleep(1_000);
      await approve(bench);
      expect(await turn(bench, 'ready')).toMatchObject({ next: 'policy' });
      expect(await bench.journal().coordinator.approval()).toBeDefined();
    }, NAMED));
});
