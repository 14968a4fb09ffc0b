import { describe, expect, it } from 'vitest';
import { renderPage } from '../../../shared/report/page.ts';
import { reportData } from '../../../shared/report/report.ts';
import {
  completed,
  dryRun,
  ENDED_AT,
  failed,
  failureFact,
  givenUp,
  ITEMS,
  keyEntries,
  lagSamples,
  PAUSE_MILLISECONDS,
  plan,
  START,
  spec,
  status,
} from './builders.ts';

const phaseOf = (report: ReturnType<typeof reportData>, id: string) =>
  report.life?.phases.find((phase) => phase.id === id);

describe('the report of a migration that was made', () => {
  const report = reportData(completed());

  it('says so in one sentence with the numbers that matter', () => {
    expect(report.outcome).toMatchObject({ kind: 'completed', attention: false, title: 'Moved' });
    expect(report.outcome.sentence).toBe(
      'cities was moved to cities-v2 while the application went on: 135,233 items copied, 9,120 changes followed, writes held for 1.88 s.',
    );
  });

  it('says what is left to do, and where it stands', () => {
    expect(report.toDo).toEqual([expect.stringContaining('cities is protected from deletion')]);
    expect(report.outcome.next).toEqual([
      expect.stringMatching(/^Give the target what does not travel with the items.*1 thing, listed below/),
    ]);
    const { next } = reportData(completed({ status: { plan: plan({ toDo: [] }) } })).outcome;
    expect(next).toEqual([]);
  });

  it('takes a plan of an earlier version, which had nothing to do', () => {
    const { toDo: _, ...earlier } = plan();
    expect(reportData(completed({ status: { plan: earlier } })).toDo).toEqual([]);
  });

  it('carries what the journal counted', () => {
    expect(report.copy).toMatchObject({ items: ITEMS, inserted: 134_901, alreadyThere: 332, rejected: 0 });
    expect(report.copy?.itemsPerSecond).toBeCloseTo(ITEMS / 750);
    expect(report.compare).toMatchObject({ mismatches: 2, repaired: 2, notRepaired: 0, readByKey: 214 });
    expect(report.finalRecheck).toMatchObject({ keys: 57, repaired: 0 });
    expect(report.drain).toMatchObject({
      shardCount: 2,
      records: 23,
      silentMilliseconds: 651,
      unreadMilliseconds: 212,
    });
    expect(report.sweep).toEqual({ items: 135_410, versionsRemoved: 4_480 });
  });

  it('shows the gates as they held for the switch, not those of the way back', () => {
    const round = { complete: true, records: 0, keys: 0, repaired: 0, lagSeconds: 0, milliseconds: 0 };
    const standBy = (detail: string) => ({ at: START, round, gates: [{ name: 'lag', holds: true, detail }] });
    const both = { status: { standBy: standBy('reverse') }, history: { beforeSwitch: standBy('forward') } };
    expect(reportData(completed(both)).gates?.gates).toMatchObject([{ detail: 'forward' }]);
    // While there is a way back, its gates are what somebody wants to see.
    const standing = {
      status: { ...both.status, phase: 'reverse', phases: {} },
      history: both.history,
    } as const;
    expect(reportData(completed(standing)).gates?.gates).toMatchObject([{ detail: 'reverse' }]);
  });

  it('measures the write pause and names the attempts that were given up', () => {
    expect(report.cutover?.switched).toMatchObject({
      attempt: 2,
      announcementMilliseconds: 1_300,
      writePauseMilliseconds: PAUSE_MILLISECONDS,
      totalMilliseconds: 1_300 + PAUSE_MILLISECONDS,
    });
    expect(report.cutover?.givenUp).toMatchObject([{ attempt: 1, reason: /not fall silent/ }]);
  });

  it('has every phase done, with its time', () => {
    expect(report.life?.phases.every(({ state }) => state === 'done')).toBe(true);
    expect(report.life?.endedAt).toBe(new Date(ENDED_AT).toISOString());
    expect(phaseOf(report, 'copy')?.seconds).toBe(750);
  });

  it('compares the duration without the phases that wait for people', () => {
    const waited = (phaseOf(report, 'ready')?.seconds ?? 0) + (phaseOf(report, 'reverse')?.seconds ?? 0);
    expect(waited).toBeGreaterThan(0);
    expect(report.estimate?.durationSeconds.actual).toBeCloseTo((ENDED_AT - START) / 1_000 - waited);
  });

  it('adds the parts of the cost up', () => {
    const { parts = [], total } = report.cost ?? {};
    expect(parts[0]).toMatchObject({ writeUnits: ITEMS, readUnits: Math.ceil(28_432_384 / 4_096) });
    expect(total?.dollars).toBeCloseTo(parts.reduce((sum, { dollars }) => sum + dollars, 0));
    expect(report.estimate?.dollars.actual).toBe(total?.dollars);
  });

  it('is the same after a trip through JSON', () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(JSON.parse(JSON.stringify(reportData(completed()))));
    expect(JSON.stringify(report)).not.toContain('null');
  });
});

describe('a migration that needs a look', () => {
  it('tells that the source was written after the switch, and lists at most 50 keys', () => {
    const report = reportData(
      completed({ history: { strays: keyEntries(60, 'written to the source after the switch') } }),
    );
    expect(report.outcome).toMatchObject({ kind: 'completed', attention: true });
    expect(report.outcome.stands.join()).toContain('60 keys of the source changed after the switch');
    expect(report.keys?.strays).toMatchObject({ total: 60, others: 10 });
    expect(report.keys?.strays.listed).toHaveLength(50);
    expect(report.keys?.strays.listed[0]).toMatchObject({
      resource: 'cities',
      key: { cityId: { N: '2950159' } },
    });
  });

  it('tells that changes after the switch may have gone unseen', () => {
    const unwatched = { at: ENDED_AT, reason: 'changes of shard 1 are gone' };
    const { outcome } = reportData(completed({ history: { unwatched } }));
    expect(outcome).toMatchObject({ kind: 'completed', attention: true });
    expect(outcome.stands.join()).toContain('may have gone unseen');
    expect(outcome.next.join()).toContain('Make sure that nobody wrote the source');
  });

  it('does not take the failure of an earlier execution for the outcome', () => {
    const report = reportData(completed({ status: { failure: failureFact() } }));
    expect(report.outcome).toMatchObject({ kind: 'completed', attention: false });
    expect(report.failure).toBeUndefined();
    expect(report.earlierFailure).toMatchObject({ message: 'the source table cities is gone' });
  });
});

describe('the report of a failure', () => {
  const report = reportData(failed());

  it('says where, why, what stands and what to do', () => {
    expect(report.outcome).toMatchObject({ kind: 'failed', attention: true, title: 'Stopped in Copy' });
    expect(report.outcome.sentence).toBe('PermanentError: the source table cities is gone.');
    expect(report.outcome.stands).toEqual([
      'The application works on the source, as before.',
      'Copied so far: 3 of 8 units, 61,204 items; none of it is copied again.',
      'Changes of the source are still captured and applied to the target.',
    ]);
    expect(report.outcome.next[0]).toContain('with the same spec: it goes on from the journal');
  });

  it('ends in the phase that stopped', () => {
    expect(phaseOf(report, 'copy')).toMatchObject({ state: 'stopped', seconds: 450 });
    expect(phaseOf(report, 'verify')).toMatchObject({ state: 'pending', startedAt: undefined });
  });

  it('takes a cause that is no JSON as it is', () => {
    expect(reportData(failed({ error: 'States.Timeout', cause: 'too late' })).failure).toMatchObject({
      error: 'States.Timeout',
      message: 'too late',
    });
    expect(reportData(failed({ cause: '' })).failure?.message).toBe('no cause was given');
  });

  it('says that the application works on the target once the switch was made', () => {
    const failure = failureFact({ at: ENDED_AT });
    const { known, ...input } = completed();
    const sweeping = {
      ...known,
      status: { ...known?.status, ...status('sweep'), switched: known?.status.switched },
    };
    const after = reportData({ ...input, failure, known: sweeping as typeof known });
    expect(after.outcome.title).toBe('Stopped in Sweep');
    expect(after.outcome.stands[0]).toContain('the application works on the target');
    expect(after.outcome.next).toHaveLength(1);
  });
});

describe('other reports', () => {
  it('of a dry run has the plan alone', () => {
    const report = reportData(dryRun());
    expect(report.outcome).toMatchObject({
      kind: 'dry-run',
      title: 'Dry run: nothing was touched',
      sentence:
        'Moving cities to cities-v2 is expected to take 2 min 4 s to 23 min 20 s and to cost $0.09 to $0.29.',
    });
    expect(report.estimate?.durationSeconds).toEqual({ least: 124, most: 1_400 });
    expect(report).not.toHaveProperty('life');
  });

  it('of a refusal has every problem in the failure', () => {
    const failure = failureFact({ error: 'Refused', cause: 'the input has 2 problems:\n1. a\n2. b' });
    const { plan: _, ...input } = dryRun();
    const report = reportData({ ...input, failure, without: 'refused' });
    expect(report.outcome).toMatchObject({
      title: 'Refused: nothing was touched',
      sentence: 'Refused: the input has 2 problems.',
    });
    expect(report.failure?.message).toContain('2. b');
  });

  it('has each smoke test, and its phase where the spec asks for one alone', async () => {
    const smokeTest = { at: ENDED_AT, attempt: 1, milliseconds: 40, rehearsal: false };
    const smokeTests = [
      { ...smokeTest, failed: 'order 7 is missing', answer: '{"ok":false}' },
      { ...smokeTest, attempt: 2, answer: '{"ok":true}' },
    ];
    const cutover = {
      smokeTest: { arn: 'arn:aws:lambda:eu-central-1:111122223333:function:looks' },
    };
    const report = reportData(completed({ status: { spec: spec({ cutover }) }, history: { smokeTests } }));
    expect(report.cutover?.smokeTests).toMatchObject([
      { attempt: 1, passed: false, detail: 'order 7 is missing', milliseconds: 40 },
      { attempt: 2, passed: true, detail: '{"ok":true}' },
    ]);
    expect(phaseOf(report, 'smoke-test')).toMatchObject({ title: 'Smoke test' });
    expect(phaseOf(reportData(completed()), 'smoke-test')).toBeUndefined();
    const page = await renderPage(report);
    for (const text of ['Smoke tests', 'order 7 is missing', 'passed', 'failed'])
      expect(page).toContain(text);
    expect(await renderPage(reportData(completed()))).not.toContain('Smoke test');
  });

  it('of a cutover that was given up shows its steps as given up and *ready* as going on', () => {
    const report = reportData(givenUp());
    expect(report.outcome.title).toBe('In progress: Ready');
    expect(phaseOf(report, 'drain')).toMatchObject({ state: 'given-up', seconds: 1.29 });
    expect(phaseOf(report, 'close')).toMatchObject({ state: 'pending' });
    expect(phaseOf(report, 'ready')).toMatchObject({ state: 'now', endedAt: undefined });
  });
});

describe('the lag curve', () => {
  it('joins the samples of weeks into as many points as a chart can show, and loses no record and no peak', () => {
    const samples = lagSamples(60_000);
    const { lag } = reportData(completed({ history: { samples } }));
    const sum = (values: readonly { readonly records: number }[]) =>
      values.reduce((total, { records }) => total + records, 0);
    expect(lag?.points.length).toBeLessThanOrEqual(300);
    expect(sum(lag?.points ?? [])).toBe(sum(samples));
    expect(Math.max(...(lag?.points ?? []).map(({ mostSeconds }) => mostSeconds))).toBe(lag?.mostSeconds);
  });

  it('is absent where nothing was applied', () => {
    expect(reportData(completed({ history: { samples: [] } })).lag).toBeUndefined();
  });
});

describe('the second fence', () => {
  const policy = {
    table: 'cities',
    denied: 'everybody',
    revision: '2',
    since: START,
    seenAt: START,
    seenInTerm: 1,
    history: [{ at: START, difference: ['added: {"Sid":"Readers"}'] }],
  } as const;

  it('is told with what others have changed in the policies', async () => {
    const report = reportData(completed({ history: { policies: [{ ...policy, denied: 'nobody' }] } }));
    expect(report.policies).toEqual([
      {
        table: 'cities',
        denied: 'nobody',
        changes: [{ at: new Date(START).toISOString(), difference: ['added: {"Sid":"Readers"}'] }],
      },
    ]);
    const page = await renderPage(report);
    expect(page).toContain('Resource policies');
    expect(page).toContain('its policy denies nobody for the migration');
    expect(page).toContain('Readers');
  });

  it('is no part of the page where there was none', async () => {
    expect(await renderPage(reportData(completed()))).not.toContain('Resource policies');
  });

  it('stands on where a migration has stopped, and its report says so', () => {
    const stopped = failed();
    const known = stopped.known && {
      ...stopped.known,
      history: { ...stopped.known.history, policies: [policy] },
    };
    expect(reportData({ ...stopped, known }).outcome.stands).toContainEqual(
      expect.stringContaining('cities: its policy denies writes to everybody but the migrator'),
    );
  });
});
