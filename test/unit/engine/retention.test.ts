import { describe, expect, it } from 'vitest';
import { type UnitsLeft, unitsLeft } from '../../../shared/engine/left.ts';
import type { RetentionFact } from '../../../shared/engine/retention.ts';
import { catchUp, type NoWayBackFact, standBy } from '../../../shared/engine/stand-by.ts';
import { ChangesGoneError } from '../../../shared/errors.ts';
import type { StandByPhase } from '../../../shared/phases.ts';
import { type Bench, onBench, WAY_BACK } from './bench.ts';
import { item, items } from './cells.ts';

const HOUR = 3_600_000;
const SETTING = { source: items(8) };

/** Moves the clock on. */
const later = (bench: Bench, hours: number) => bench.task.runtime.sleep(hours * HOUR);
const copies = (bench: Bench) => unitsLeft(bench.migration(), 'copy');
const level = async (bench: Bench) =>
  (await bench.journal().direction.fact<RetentionFact>('retention'))?.level;
const actions = async (bench: Bench) =>
  (await bench.journal().actions.all()).map(({ by, action, effect }) => ({ by, action, effect }));
const turn = (bench: Bench, phase: StandByPhase) =>
  standBy(bench.migration(), phase, {
    mappings: async () => ['Enabled'],
    targets: async () => [],
    uploads: async () => [],
  });

/** A migration that was captured just now, and a change that the applier does not carry over. */
async function stuck(bench: Bench): Promise<void> {
  await bench.journal().coordinator.enter(1, 'capture', bench.now);
  bench.source.load([item('k001', 'changed')]);
}

describe('the changes of a copy that lasts', () => {
  it.each([
    { hours: 1.9, kind: 'work', level: undefined },
    { hours: 2.1, kind: 'work', level: 'warned' },
    { hours: 5.9, kind: 'work', level: 'warned' },
    { hours: 6.1, kind: undefined, level: 'held' },
    { hours: 19.9, kind: undefined, level: 'held' },
  ])('with a lag of $hours h: $level', (of) =>
    onBench(async (bench) => {
      await stuck(bench);
      await later(bench, of.hours);
      const answer = await copies(bench);
      expect('kind' in answer ? answer.kind : undefined).toBe(of.kind);
      expect(await level(bench)).toBe(of.level);
    }, SETTING),
  );

  it('with a lag of 20 h: it is over, and stays so', () =>
    onBench(async (bench) => {
      await stuck(bench);
      await later(bench, 20.1);
      await expect(copies(bench)).rejects.toThrow(ChangesGoneError);
      await expect(copies(bench)).rejects.toThrow(
        /20\.1 h old, and the stream keeps 24 h\. Start the migration under a new name/,
      );
      // What comes late does not heal it: what else is missing nobody knows.
      await bench.deliver();
      await expect(copies(bench)).rejects.toThrow(ChangesGoneError);
      await expect(catchUp(bench.migration())).rejects.toThrow(ChangesGoneError);
      await expect(turn(bench, 'ready')).rejects.toThrow(ChangesGoneError);
      await expect(copies(bench)).rejects.toThrow(ChangesGoneError);
      // But it can be ended.
      await bench.journal().coordinator.end({ by: 'Ada', at: bench.now });
      expect(await turn(bench, 'ready')).toMatchObject({ done: true, next: 'end' });
    }, SETTING));

  it('are waited for until they have caught up to less than 2 h, and everybody is told', () =>
    onBench(async (bench) => {
      await stuck(bench);
      await later(bench, 6.5);
      expect(await copies(bench)).toEqual({ done: false, waitSeconds: 1 });
      const held = await bench.journal().direction.fact<RetentionFact>('retention');
      expect(held?.detail).toContain('6.5 h old');
      expect(held?.detail).toContain('nothing is copied or compared until it is less than 2 h');

      // The applier has come to records of 3 h before.
      await bench.deliver();
      await later(bench, 0.1);
      bench.source.load([item('k002', 'changed')]);
      await later(bench, 3);
      expect(await copies(bench)).toEqual({ done: false, waitSeconds: 1 });

      await bench.deliver();
      expect(await copies(bench)).toMatchObject({ kind: 'work' });
      expect(await actions(bench)).toMatchObject([
        { by: 'retention guard', action: 'hold' },
        { by: 'retention guard', action: 'resume', effect: expect.stringContaining('caught up') },
      ]);
    }, SETTING));

  it('are looked at each half hour at least, and every run of workers ends by then', () =>
    onBench(async (bench) => {
      await stuck(bench);
      await bench.journal().coordinator.leave(1, 'capture', bench.now);
      // At first nothing can lag, and nobody waits for the mapping, which takes minutes to begin.
      const { until } = (await copies(bench)) as UnitsLeft;
      expect(until - bench.now).toBe(HOUR / 2);
      expect(await bench.journal().direction.fact('stand-by')).toBeUndefined();
      await later(bench, 0.5);
      await copies(bench);
      expect(await bench.journal().direction.fact('stand-by')).toBeDefined();
    }, SETTING));

  it('from before the capture do not count: nothing depends on them', () =>
    onBench(async (bench) => {
      bench.source.load([item('k001', 'a day before')]);
      await later(bench, 22);
      await bench.journal().coordinator.enter(1, 'capture', bench.now);
      await later(bench, 1);
      expect(await copies(bench)).toMatchObject({ kind: 'work' });
      expect(await level(bench)).toBeUndefined();
    }, SETTING));
});

describe('changes that the auditor has not read yet', () => {
  it('hold the copy, but are not lost by that', () =>
    onBench(
      async (bench) => {
        await bench.journal().coordinator.enter(1, 'capture', bench.now);
        for (let half = 0; half < 2; half++) {
          // More than a round reads.
          for (let change = 0; change < 12_000; change++)
            bench.source.load([item('k001', `${half} ${change}`)]);
          await later(bench, 11);
        }
        await bench.deliver();
        // An invocation that has no time for more than one round.
        const brief = { handoverAt: bench.now };
        expect(await unitsLeft(bench.migration(brief), 'copy')).toEqual({ done: false, waitSeconds: 1 });
        expect(await level(bench)).toBe('held');
        expect(await copies(bench)).toMatchObject({ kind: 'work' });
        expect(await level(bench)).toBe('fine');
      },
      { ...SETTING, limits: { pageItems: 1_000 } },
    ));
});

it('a way back whose changes lag by 20 h is lost, and nothing else', () =>
  onBench(
    async (bench) => {
      bench.begin(2, { open: true, since: bench.second });
      await bench.task.runtime.sleep(2_000);
      bench.target.load([item('k001', 'after the switch')]);
      await later(bench, 20.1);
      expect(await turn(bench, 'reverse')).toMatchObject({ done: false });
      const lost = await bench.journal().direction.fact<NoWayBackFact>('no-way-back');
      expect(lost?.reason).toContain('20.1 h old');
      expect((await bench.journal().gate.read()).sealed).toBe(true);
    },
    { source: items(8), target: items(8), cutover: WAY_BACK },
  ));
