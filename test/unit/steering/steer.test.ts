import { describe, expect, it } from 'vitest';
import { InvalidInputError, type Problem } from '../../../shared/errors.ts';
import type { Journal } from '../../../shared/journal/journal.ts';
import { steer } from '../../../shared/steering/steer.ts';
import { CommandLine } from '../cli/command-line.ts';
import { bringTo, noteGates } from '../cli/journal-of-orders.ts';

type Phase = Parameters<typeof bringTo>[1];

/** A migration that has come to a phase, and whoever steers it. */
class Helm {
  readonly #world = new CommandLine();
  #ids = 0;

  static async at(phase: Phase, spec: object = {}): Promise<Helm> {
    const helm = new Helm();
    await helm.with((journal, now) => bringTo(journal, phase, { now, spec }));
    return helm;
  }

  /** The same after the switch, with a way back. */
  static async switched(spec: object = {}): Promise<Helm> {
    const helm = await Helm.at('reverse', spec);
    helm.#world.world.table('journal').load([
      {
        pk: { S: 'gate#orders' },
        sk: { S: 'gate' },
        open: { BOOL: true },
        sealed: { BOOL: false },
        epoch: { N: '2' },
        floor: { N: '0' },
        since: { N: '0' },
        revision: { N: '2' },
      },
    ]);
    return helm;
  }

  with<T>(code: (journal: Journal, now: number) => Promise<T>): Promise<T> {
    return this.#world.with(({ journal, now }) => code(journal, now));
  }

  /** What an action says of its effect. */
  async do(input: object, id = `action ${++this.#ids}`): Promise<string> {
    return this.#world.world.run(async (task) => {
      const { effect } = await steer({
        input: { migration: 'orders', by: 'ada', ...input },
        id,
        journalOf: () => this.#world.journal(task),
        runtime: task.runtime,
      });
      return effect;
    });
  }

  /** The problems for which an action is refused. */
  async refused(input: object, id?: string): Promise<readonly Problem[]> {
    try {
      await this.do(input, id);
    } catch (error) {
      if (error instanceof InvalidInputError) return error.problems;
      throw error;
    }
    throw new Error('it was not refused');
  }

  recorded() {
    return this.with((journal) => journal.actions.all());
  }

  controls() {
    return this.with((journal) => journal.controls.read());
  }
}

describe('an action', () => {
  it('is recorded with time, name, parameters and effect', async () => {
    const helm = await Helm.at('copy');
    const effect = await helm.do({ action: 'pace', writeUnits: 500 });
    expect(effect).toContain('at most 500 write units a second');
    expect(await helm.recorded()).toEqual([
      {
        id: 'action 1',
        at: expect.any(Number),
        by: 'ada',
        action: 'pace',
        parameters: { writeUnits: 500 },
        outcome: 'done',
        effect,
      },
    ]);
  });

  it('is recorded when it is refused, too, and changes nothing', async () => {
    const helm = await Helm.at('copy');
    const [problem] = await helm.refused({ action: 'approve' });
    expect(problem).toMatchObject({
      problem: 'there is nothing to approve in the phase Copy',
      allowed: 'it can be approved in Ready',
    });
    expect(await helm.recorded()).toMatchObject([
      { action: 'approve', outcome: 'refused', effect: 'there is nothing to approve in the phase Copy' },
    ]);
    expect(await helm.with((journal) => journal.coordinator.approval())).toBeUndefined();
  });

  it('is done once, however often the same one comes', async () => {
    const helm = await Helm.at('copy');
    const effect = await helm.do({ action: 'pause' }, 'same');
    await helm.do({ action: 'resume' });
    expect(await helm.do({ action: 'pause' }, 'same')).toBe(effect);
    expect((await helm.controls()).paused).toBeUndefined();
    expect(await helm.recorded()).toHaveLength(2);
  });

  it('that was interrupted is brought to its end, without being judged by its own effect', async () => {
    const helm = await Helm.at('copy');
    await helm.do({ action: 'pause' });
    await helm.with(async (journal, at) => {
      await journal.actions.note({
        id: 'interrupted',
        at,
        by: 'ada',
        action: 'resume',
        parameters: {},
        outcome: 'begun',
      });
      await journal.controls.resume();
    });
    expect(await helm.do({ action: 'resume' }, 'interrupted')).toContain('goes on');
    expect((await helm.recorded()).map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  });

  it('that was refused is judged anew when it comes again', async () => {
    const helm = await Helm.at('copy');
    await helm.refused({ action: 'resume' }, 'same');
    await helm.refused({ action: 'resume' }, 'same');
    await helm.do({ action: 'pause' });
    expect(await helm.do({ action: 'resume' }, 'same')).toContain('goes on');
    expect(await helm.recorded()).toHaveLength(2);
  });

  it('that has claimed the revision that was seen, and was interrupted, is not stale by its own claim', async () => {
    const helm = await Helm.at('copy');
    const seenRevision = await helm.with(async (journal) => {
      const { revision = 0 } = (await journal.coordinator.read()) ?? {};
      await journal.coordinator.claim('interrupted', revision);
      return revision;
    });
    expect(await helm.do({ action: 'pause', seenRevision }, 'interrupted')).toContain('is paused');
  });

  it('is noted before it takes effect', async () => {
    const helm = await Helm.at('copy');
    await helm.with(async (journal) => {
      journal.controls.pause = () => Promise.reject(new Error('the connection broke'));
      const attempt = steer({
        input: { migration: 'orders', action: 'pause', by: 'ada' },
        id: 'broken',
        journalOf: () => journal,
        runtime: { now: () => 1 } as never,
      });
      await expect(attempt).rejects.toThrow('the connection broke');
    });
    expect(await helm.recorded()).toMatchObject([{ id: 'broken', outcome: 'begun' }]);
  });
});

describe('what somebody has seen', () => {
  const revision = (helm: Helm) =>
    helm.with(async (journal) => (await journal.coordinator.read())?.revision ?? 0);

  it('must still be so', async () => {
    const helm = await Helm.at('copy');
    const seenRevision = await revision(helm);
    await helm.do({ action: 'pause', seenRevision });
    expect(await helm.refused({ action: 'pace', off: true, seenRevision })).toMatchObject([
      { at: 'seenRevision', value: String(seenRevision), allowed: String(seenRevision + 1) },
    ]);
    expect((await helm.controls()).pace).toBeUndefined();
    await helm.do({ action: 'resume', seenRevision: seenRevision + 1 });
  });

  it('lets one of two act that have seen the same', async () => {
    const helm = await Helm.at('copy');
    const seenRevision = await revision(helm);
    const claims = await helm.with(({ coordinator }) =>
      Promise.all(['one', 'another'].map((action) => coordinator.claim(action, seenRevision))),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('may be claimed again by the same action, whose answer was lost', async () => {
    const helm = await Helm.at('copy');
    const seenRevision = await revision(helm);
    const claim = () => helm.with(({ coordinator }) => coordinator.claim('same', seenRevision));
    expect([await claim(), await claim()]).toEqual([true, true]);
    expect(await revision(helm)).toBe(seenRevision + 1);
  });
});

describe('the input of an action', () => {
  it('is told every problem at once', async () => {
    const helm = await Helm.at('copy');
    const problems = await helm.refused({
      migration: 'no such name!',
      action: 'pace',
      by: '',
      writeUnits: 0,
      workers: '4',
      wrokers: 4,
    });
    expect(problems.map(({ at }) => at).sort()).toEqual([
      'by',
      'migration',
      'workers',
      'writeUnits',
      'wrokers',
    ]);
    expect(problems.find(({ at }) => at === 'wrokers')).toMatchObject({
      problem: 'unknown key',
      allowed: expect.stringContaining(
        'readUnits, writeUnits, requestsPerSecond, megabytesPerSecond, workers, off',
      ),
    });
    expect(await helm.recorded()).toEqual([]);
  });

  it.each([[{}], [{ action: 'stop' }], [{ action: 'toString' }]])(
    'names the actions that there are: %j',
    async (input) => {
      const [problem] = await (await Helm.at('copy')).refused(input);
      expect(problem).toMatchObject({
        at: 'action',
        allowed: 'pause, resume, pace, approve, postpone, rollback, complete, abort',
      });
    },
  );

  it.each([[null], ['pause'], [[]]])('must be an object: %j', async (input) => {
    await expect(
      steer({ input, id: '1', journalOf: () => ({}) as never, runtime: {} as never }),
    ).rejects.toThrow(InvalidInputError);
  });

  it('names a migration that the journal knows', async () => {
    const [problem] = await new Helm().refused({ action: 'pause' });
    expect(problem).toMatchObject({ at: 'migration', problem: 'the journal knows no migration orders' });
  });
});

describe('pause and resume', () => {
  it('say what stands still and what goes on', async () => {
    const helm = await Helm.at('verify');
    expect(await helm.do({ action: 'pause' })).toMatch(
      /nothing is copied or compared.*Changes go on flowing/,
    );
    expect((await helm.controls()).paused).toMatchObject({ by: 'ada' });
    expect(await helm.do({ action: 'resume' })).toContain('goes on where it stopped');
    expect((await helm.controls()).paused).toBeUndefined();
  });

  it('let the first pause stand', async () => {
    const helm = await Helm.at('copy');
    await helm.do({ action: 'pause' });
    expect(await helm.do({ action: 'pause', by: 'Grace' })).toContain('was paused before, by ada');
  });

  it('can be asked for again after a resume', async () => {
    const helm = await Helm.at('copy');
    for (const by of ['ada', 'Grace']) {
      expect(await helm.do({ action: 'pause', by })).toContain(`is paused by ${by}`);
      await helm.do({ action: 'resume', by });
    }
  });

  it('have nothing to do where nothing is paused, or left', async () => {
    const [problem] = await (await Helm.at('copy')).refused({ action: 'resume' });
    expect(problem?.problem).toBe('orders is not paused');
    expect(await (await Helm.at('complete')).refused({ action: 'pause' })).toHaveLength(1);
  });

  it('leave to the alarm what is the alarm', async () => {
    const helm = await Helm.at('copy');
    await helm.with((journal, since) => journal.controls.noteAlarm({ name: 'hot', firing: true, since }));
    const [problem] = await helm.refused({ action: 'resume' });
    expect(problem?.problem).toBe('orders is paused by the alarm hot, not by a person');
  });
});

describe('pace', () => {
  const limits = async (helm: Helm) => (await helm.controls()).pace?.limits;

  it('changes what it names, and leaves the rest as it is', async () => {
    const helm = await Helm.at('copy', { copy: { readUnits: 1_000 } });
    await helm.do({ action: 'pace', writeUnits: 500 });
    expect(await limits(helm)).toEqual({ readUnits: 1_000, writeUnits: 500 });
    await helm.do({ action: 'pace', workers: 4, readUnits: 50 });
    expect(await limits(helm)).toEqual({ readUnits: 50, writeUnits: 500, workers: 4 });
  });

  it('limits what is used of buckets', async () => {
    const helm = await Helm.at('copy', {
      resources: [
        { source: { table: 'source' }, target: { table: 'target' } },
        { source: { bucket: 'photos' }, target: { bucket: 'photos-v2' } },
      ],
      copy: { requestsPerSecond: 2_000 },
    });
    expect(await helm.do({ action: 'pace', megabytesPerSecond: 200, writeUnits: 500 })).toContain(
      'at most 500 write units, 2,000 S3 requests and 200 MB of objects a second',
    );
    expect(await limits(helm)).toEqual({
      requestsPerSecond: 2_000,
      megabytesPerSecond: 200,
      writeUnits: 500,
    });
  });

  it('is refused where it would limit nothing of what is moved', async () => {
    const helm = await Helm.at('copy');
    const problems = await helm.refused({ action: 'pace', requestsPerSecond: 100, megabytesPerSecond: 10 });
    expect(problems).toMatchObject([
      {
        at: 'requestsPerSecond',
        problem: 'it limits what is used of buckets, and no bucket is moved',
        value: '100',
        allowed: 'readUnits, writeUnits',
      },
      { at: 'megabytesPerSecond', value: '10' },
    ]);
  });

  it('off ends every limit, that of the spec too', async () => {
    const helm = await Helm.at('copy', { copy: { readUnits: 1_000 } });
    expect(await helm.do({ action: 'pace', off: true })).toContain('not limited');
    expect(await limits(helm)).toEqual({});
  });

  it.each([
    [{}, 'no limit is named'],
    [{ off: true, workers: 1 }, 'a limit and none at the same time'],
  ])('is refused with %j', async (parameters, problem) => {
    const helm = await Helm.at('copy');
    expect(await helm.refused({ action: 'pace', ...parameters })).toMatchObject([{ problem }]);
  });
});

describe('approve and postpone', () => {
  it('say what else is waited for', async () => {
    const helm = await Helm.at('ready');
    await helm.with((journal, now) =>
      noteGates(journal, now, [{ name: 'lag', holds: false, detail: '9 s old' }]),
    );
    expect(await helm.do({ action: 'approve', rehearse: true })).toMatch(
      /A rehearsal of orders is approved by ada.*lag: 9 s old/s,
    );
    expect(await helm.with((journal) => journal.coordinator.approval())).toMatchObject({ rehearsal: true });
  });

  it('list everything that speaks against them', async () => {
    const helm = await Helm.at('reverse');
    const problems = await helm.refused({ action: 'postpone', hours: 1, until: '1999-12-01T02:00:00Z' });
    expect(problems.map(({ problem }) => problem)).toEqual([
      expect.stringContaining('nothing can be postponed any more'),
      'it is not said how long',
      'the time is over',
    ]);
  });

  it('take hours, a time or an end', async () => {
    const helm = await Helm.at('copy');
    await helm.do({ action: 'postpone', until: '2999-12-01T02:00:00+02:00' });
    expect((await helm.controls()).postponement).toMatchObject({ until: Date.UTC(2999, 11, 1) });
    await helm.do({ action: 'postpone', off: true });
    const { postponement } = await helm.controls();
    expect(postponement?.until).toBe(postponement?.at);
  });
});

describe('a rollback', () => {
  it('is the approval of the direction after the switch, and of no other', async () => {
    const helm = await Helm.switched();
    expect(await helm.do({ action: 'rollback' })).toContain('The rollback of orders is approved by ada.');
    const approvals = await helm.with(async (journal) => [
      await journal.coordinator.approval(),
      await journal.inEpoch(2).coordinator.approval(),
    ]);
    expect(approvals).toEqual([undefined, expect.objectContaining({ by: 'ada' })]);
  });

  it.each(['copy', 'ready', 'fence', 'sweep'] as const)('is refused in the phase %s', async (phase) => {
    const [problem] = await (await Helm.at(phase)).refused({ action: 'rollback' });
    expect(problem?.problem).toContain('nothing to roll back');
  });

  it('is refused where the spec wants no way back, and where it is lost', async () => {
    const unwanted = await Helm.switched({ cutover: { wayBack: false } });
    expect((await unwanted.refused({ action: 'rollback' }))[0]?.problem).toContain('cutover.wayBack false');
    const lost = await Helm.switched();
    await lost.with((journal, now) =>
      journal.inEpoch(2).direction.noteFact('no-way-back', { at: now, reason: 'changes are gone' }),
    );
    expect((await lost.refused({ action: 'rollback' }))[0]?.problem).toContain('changes are gone');
  });
});

describe('the end', () => {
  it('is said by complete after the switch, and refused before it', async () => {
    const helm = await Helm.switched();
    expect(await helm.do({ action: 'complete' })).toContain('orders ends on the target');
    expect(await helm.with((journal) => journal.inEpoch(2).coordinator.ending())).toMatchObject({
      by: 'ada',
    });
    const [problem] = await (await Helm.at('ready')).refused({ action: 'complete' });
    expect(problem).toMatchObject({ problem: 'orders works on the source now' });
    expect(problem?.change).toContain('segue abort orders');
  });

  it('is said by abort before the switch, and refused after it', async () => {
    const helm = await Helm.at('copy');
    expect(await helm.do({ action: 'abort' })).toContain('orders ends on the source');
    expect(await helm.with((journal) => journal.coordinator.ending())).toMatchObject({ by: 'ada' });
    const [problem] = await (await Helm.switched()).refused({ action: 'abort' });
    expect(problem?.change).toContain('segue complete orders');
  });

  it.each(['complete', 'abort'])('by %s is refused when it is at its end', async (action) => {
    const [problem] = await (await Helm.at('sweep')).refused({ action });
    expect(problem?.problem).toContain('it is at its end');
  });
});

describe('approve, where approval is automatic', () => {
  const AUTOMATIC = { cutover: { approval: 'automatic' } };
  const standBy = (holds: boolean) => ({ at: 0, round: {}, gates: [{ name: 'policy', holds, detail: '' }] });

  it('is not needed', async () => {
    const helm = await Helm.at('ready', AUTOMATIC);
    await helm.with((journal) => journal.direction.noteFact('stand-by', standBy(true)));
    const [problem] = await helm.refused({ action: 'approve' });
    expect(problem?.problem).toContain('needs no approval');
  });

  it('accepts what somebody else has done to a policy', async () => {
    const helm = await Helm.at('ready', AUTOMATIC);
    await helm.with((journal) => journal.direction.noteFact('stand-by', standBy(false)));
    await helm.do({ action: 'approve' });
    expect(await helm.with((journal) => journal.coordinator.approval())).toMatchObject({ by: 'ada' });
  });
});
