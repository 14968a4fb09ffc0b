import { describe, expect, it } from 'vitest';
import type { Rates } from '../../../infra/cli/rates.ts';
import { statusLines } from '../../../infra/cli/status-lines.ts';
import type { Status } from '../../../shared/status.ts';
import { copying, gates, NINE, statusIn } from './status-builder.ts';

function shown(status: Status, { now = NINE, rates = {} }: { now?: number; rates?: Rates } = {}): string {
  return statusLines(status, { now, rates, paint: (_, text) => text }).join('\n');
}

describe('the status of a migration', () => {
  it('names the migration, its tables, its phase and its execution', () => {
    const text = shown(statusIn('backup'), { now: NINE + 130_000 });
    expect(text).toMatch(/^Migration +orders, begun 2026-11-21 08:59:00 UTC$/m);
    expect(text).toMatch(/^Tables +orders → orders-v2$/m);
    expect(text).toMatch(/^Phase +Back up \(4 of 19\), for 2 min 10 s$/m);
    expect(text).toMatch(/^Execution +arn:aws:states:/m);
  });

  it('counts the smoke test among the phases where the spec asks for one', () => {
    const { spec, ...status } = statusIn('smoke-test');
    const smokeTest = { arn: 'arn:aws:lambda:eu-central-1:123456789012:function:looks', seconds: 3 };
    const text = shown({ ...status, spec: { ...spec, cutover: { ...spec.cutover, smokeTest } } });
    expect(text).toMatch(/^Phase +Smoke test \(16 of 20\)/m);
  });

  it('shows the last smoke test: what it answered, or why it did not pass', () => {
    const smokeTest = { at: NINE, attempt: 2, milliseconds: 312, rehearsal: false };
    expect(shown(statusIn('reverse', { smokeTest: { ...smokeTest, answer: '{"ok":true}' } }))).toMatch(
      /^Smoke test +passed after 312 ms, 2026-11-21 09:00:00 UTC \(attempt 2\): \{"ok":true\}$/m,
    );
    expect(shown(statusIn('ready', { smokeTest: { ...smokeTest, failed: 'order 7 is missing' } }))).toMatch(
      /^Smoke test +failed after 312 ms, .* \(attempt 2\): order 7 is missing$/m,
    );
    expect(shown(statusIn('ready'))).not.toMatch(/^Smoke test/m);
  });

  it('leaves out what has not come yet', () => {
    expect(shown(statusIn('plan'))).not.toMatch(
      /^(Copy|Verify|Sweep|Changes|Gates|Approval|Write pause|Failure)/m,
    );
  });

  it('shows the copy with bar, units, items, rate and what is left', () => {
    expect(shown(copying(1, 500), { rates: { copy: 100 } })).toMatch(
      /^Copy +█{12}░{12} +50 % {2}1 of 4 units, 500 items, 100 items\/s, about 5 s left$/m,
    );
  });

  it('leaves out the rate and what is left while they are unknown', () => {
    expect(shown(copying(1, 500))).toMatch(/ 50 % {2}1 of 4 units, 500 items$/m);
  });

  it('never says 100 % before the last unit is done', () => {
    expect(shown(copying(3, 5_000))).toMatch(/ 99 % {2}3 of 4 units/);
    expect(shown(copying(4, 5_000), { rates: { copy: 9 } })).toMatch(/ 100 % {2}4 of 4 units, 5,000 items$/m);
  });

  it('shows what was applied and the lag from the capture on', () => {
    const applied = {
      records: 1_200,
      written: 1_000,
      removed: 150,
      newer: 0,
      skipped: 50,
      quarantined: 0,
      rechecked: 0,
    };
    expect(shown(copying(0, 0, { applied, lagSeconds: 0.42 }))).toMatch(
      /^Changes +1,200 records applied \(1,000 written, 150 removed, 50 without a change\); lag 0\.4 s$/m,
    );
    expect(shown(copying(0, 0))).toMatch(/^Changes +0 records applied; none in the last minute$/m);
  });

  it('shows each gate with what was found, and how to approve', () => {
    const text = shown(
      statusIn('ready', {
        ...gates(['lag', true, 'every record read has arrived'], ['approval', false, 'waits for a person']),
        awaitsApproval: true,
      }),
    );
    expect(text).toMatch(/^Gates +1 of 2 open$/m);
    expect(text).toMatch(/^ +✔ lag +every record read has arrived$/m);
    expect(text).toMatch(/^ +✖ approval +waits for a person$/m);
    expect(text).toMatch(/^Approval +every other gate is open: segue approve orders$/m);
  });

  it('says who approved', () => {
    expect(shown(statusIn('ready', { approval: { by: 'ada', at: NINE, rehearsal: true } }))).toMatch(
      /^Approval +of a rehearsal, by ada/m,
    );
    expect(
      shown(statusIn('ready', { rehearsal: { at: NINE, attempt: 1, pauseMilliseconds: 2_345 } })),
    ).toMatch(/^Rehearsal +.*UTC: writes were held for 2\.3/m);
    expect(shown(statusIn('ready', { rehearsal: { at: NINE, attempt: 1, failed: 'the reason' } }))).toMatch(
      /^Rehearsal +.*UTC: not made, the reason$/m,
    );
    expect(shown(statusIn('ready', { approval: { by: 'ada', at: NINE } }))).toMatch(
      /^Approval +by ada, 2026-11-21 09:00:00 UTC$/m,
    );
  });

  it('says what others have changed at the tables', () => {
    const change = { table: 'orders-v2', what: 'throughput', before: 'on demand', now: 'provisioned' };
    const changed = [{ ...change, at: NINE, times: 2 }];
    expect(shown(statusIn('copy', { changed }))).toMatch(
      /^By others +2026-11-21 09:00:00 UTC: throughput of orders-v2: on demand → provisioned \(changed 2 times\)$/m,
    );
  });

  it('says that the changes lag, and what comes of it', () => {
    const retention = { at: NINE, level: 'held', detail: 'the oldest change is 6.5 h old' } as const;
    expect(shown(statusIn('copy', { retention }))).toMatch(/^Steering +the oldest change is 6.5 h old$/m);
    expect(shown(statusIn('copy', { retention: { ...retention, level: 'fine' } }))).not.toMatch(/^Steering/m);
  });

  it('says who has paused it, and how fast it may go', () => {
    const paused = { by: 'ada', at: NINE };
    const pace = { by: 'bob', at: NINE, limits: { writeUnits: 500, requestsPerSecond: 900, workers: 4 } };
    const text = shown(statusIn('copy', { controls: { paused, pace } }));
    expect(text).toMatch(/^Steering +paused by ada since 2026-11-21T09:00:00/m);
    expect(text).toMatch(/^ +segue resume orders ends the pause$/m);
    expect(text).toMatch(
      /^ +pace: at most 500 write units and 900 S3 requests a second, 4 workers at one time, set by bob$/m,
    );
    expect(shown(statusIn('copy'))).not.toMatch(/^Steering/m);
  });

  it('says that an alarm or throttling holds it back', () => {
    const alarm = { name: 'orders-latency', firing: true, since: NINE };
    expect(shown(statusIn('copy', { controls: { alarm } }))).toMatch(
      /^Steering +paused while the alarm orders-latency fires, since 2026/m,
    );
    const slowdownOfWrite = { at: NINE, unitsPerSecond: 400, fromUnitsPerSecond: 800, scope: 'table' };
    const slowed = statusIn('copy', { controls: { slowdownOfWrite } });
    expect(shown(slowed, { now: NINE + 10_000 })).toMatch(
      /^Steering +slowed to 480 write units a second: DynamoDB throttled the table; it comes back step by step$/m,
    );
    expect(shown(slowed, { now: NINE + 60_000 })).not.toMatch(/^Steering/m);
    const slowdownOfRequest = { at: NINE, unitsPerSecond: 1_000, fromUnitsPerSecond: 2_000, scope: 'bucket' };
    expect(shown(statusIn('copy', { controls: { slowdownOfRequest } }), { now: NINE })).toMatch(
      /^Steering +slowed to 1,000 S3 requests a second: S3 throttled the bucket; it comes back step by step$/m,
    );
  });

  it('shows what was done to it last', () => {
    const action = (at: number, outcome: 'done' | 'refused') => ({
      id: String(at),
      at,
      by: 'ada',
      action: 'pace',
      parameters: { workers: at - NINE },
      outcome,
      effect: 'first line\nsecond line',
    });
    const actions = [1, 2, 3, 4].map((index) => action(NINE + index, index === 4 ? 'refused' : 'done'));
    const text = shown(statusIn('copy', { actions }));
    expect(text).toMatch(/^Actions +2026-11-21 09:00:00 UTC, ada: pace workers 2: first line$/m);
    expect(text).toMatch(/^ +.*pace workers 4: refused: first line$/m);
    expect(text).not.toContain('workers 1');
  });

  it('counts how often workers were throttled', () => {
    const counts = { items: 10, throttledByTable: 2, throttledByKeyRange: 1, throttledByBucket: 4 };
    const progress = {
      ...statusIn('copy').progress,
      copy: { units: 4, unitsDone: 1, counts, ofResources: [counts] },
    };
    expect(shown(statusIn('copy', { progress }))).toContain('throttled 7 times');
  });

  it('counts the write pause while writes are held, and keeps it at the end without the gates', () => {
    const phases = { fence: { startedAt: NINE, enteredAt: NINE } };
    expect(shown(statusIn('drain', { phases }), { now: NINE + 800 })).toMatch(
      /^Write pause +800 ms so far$/m,
    );
    const switched = { announcedAt: NINE, fencedAt: NINE, switchedAt: NINE + 1_400, attempt: 1 };
    const text = shown(
      statusIn('sweep', { ...gates(['lag', true, '']), phases, switched, pauseMilliseconds: 1_400 }),
    );
    expect(text).toMatch(/^Write pause +1\.4 s, switched 2026-11-21 09:00:01 UTC$/m);
    expect(text).not.toMatch(/^Gates/m);
  });

  it('shows no pause of a cutover that was given up', () => {
    const phases = { fence: { startedAt: NINE, enteredAt: NINE, endedAt: NINE + 900 } };
    expect(shown(statusIn('ready', { phases }))).not.toMatch(/^Write pause/m);
  });

  it('shows every line of a failure, and whether the migration was resumed since', () => {
    const failure = { at: NINE + 1, error: 'PermanentError', cause: 'the table is gone\nrestore it' };
    expect(shown(statusIn('copy', { failure }))).toMatch(
      /^Failure +2026-11-21 09:00:00 UTC: PermanentError: the table is gone\n +restore it$/m,
    );
    const phases = { copy: { startedAt: NINE, enteredAt: NINE + 5_000 } };
    expect(shown(statusIn('copy', { failure, phases }))).toMatch(/^Failure .*, resumed since: Permanent/m);
  });

  it('says when all is done', () => {
    const phases = { complete: { startedAt: NINE, enteredAt: NINE, endedAt: NINE + 60_000 } };
    expect(shown(statusIn('complete', { phases }))).toMatch(/^Phase +Completed after 2 min$/m);
  });
});
