import { describe, expect, it } from 'vitest';
import { relevantTrace } from '../../simulation/run/relevant-trace.ts';

const line = (actor: string, text: string) => `     1.000  ${actor.padEnd(12)}  ${text}`;
const kept = (texts: readonly string[], keys: readonly string[] = ['k1']) =>
  relevantTrace(
    texts.map((text) => line('copy 0', text)),
    keys,
  ).lines.map((each) => each.slice(line('', '').length));

describe('a shrunken trace', () => {
  it('keeps what touches the violated keys, and drops other keys', () => {
    expect(kept(['PutItem source {id: k1} → ok', 'PutItem source {id: k11} → ok'])).toEqual([
      'PutItem source {id: k1} → ok',
    ]);
  });

  it('keeps route, gate, permits, units and lists, and drops the other records of the journal', () => {
    const control = [
      'UpdateItem route {name: m, sk: route} SET #state = :state → ok',
      'PutItem journal {pk: gate#m, sk: gate} → ok',
      'PutItem journal {pk: permit#m#1, sk: copy 0.2} → ok',
      'UpdateItem journal {pk: unit#m#copy#0, sk: unit} → ok',
      'PutItem journal {pk: list#m#tombstone#3, sk: 77} → ok',
    ];
    expect(
      kept([
        ...control,
        'UpdateItem journal {pk: activity#m, sk: total#1} → ok',
        'PutItem route {name: m, sk: router#7} → ok',
      ]),
    ).toEqual(control);
  });

  it('keeps begin, end and accidents of tasks, the ends of shards, and what was violated', () => {
    const life = ['begins', 'paused', 'resumed', '† killed', 'ends', '✗ throws Error: x', '✗ lost: k7'];
    expect(kept(life)).toEqual(life);
    expect(kept(['shard s1 ends; 2 follow'])).toHaveLength(1);
  });

  it('drops answers, and keeps errors that reach their caller', () => {
    expect(
      kept([
        '  ← answer of GetItem source {id: k1}',
        '  ← TimeoutError: too late of GetItem source {id: k1}',
      ]),
    ).toEqual(['  ← TimeoutError: too late of GetItem source {id: k1}']);
  });

  it('drops reads that show their reader nothing new', () => {
    const found = (state: string) => `GetItem route {name: m, sk: route} consistently → {state: ${state}}`;
    expect(
      kept([
        'Query journal #pk = :pk with {:pk: list#m#recheck#0} → no items',
        found('source'),
        found('source'),
        found('fenced'),
      ]),
    ).toEqual([found('source'), found('fenced')]);
  });

  it('counts what it left out, and shortens long lines', () => {
    const long = `PutItem source {id: k1, v: ${'x'.repeat(500)}} → ok`;
    const { lines, leftOut } = relevantTrace([line('w', long), line('w', 'Scan source → no items')], ['k1']);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/x…$/);
    expect(lines[0]?.length).toBeLessThan(200);
    expect(leftOut).toBe(1);
  });

  it('keeps all of the tables where no key is known', () => {
    expect(
      kept(['PutItem source {id: k1} → ok', 'UpdateItem journal {pk: activity#m, sk: total#1} → ok'], []),
    ).toEqual(['PutItem source {id: k1} → ok']);
  });
});
