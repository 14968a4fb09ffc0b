import { describe, expect, it } from 'vitest';
import { StatusDisplay } from '../../../infra/cli/status-display.ts';
import type { Terminal } from '../../../infra/cli/terminal.ts';
import { copying, gates, NINE, statusIn } from './status-builder.ts';

function display(live: boolean, rows = 40) {
  const written: string[] = [];
  const terminal: Terminal = {
    live,
    rows,
    write: (text) => written.push(text),
    writeError: () => {},
    paint: (_, text) => text,
    confirm: async () => undefined,
  };
  return { written, display: new StatusDisplay(terminal) };
}

describe('a display without a terminal', () => {
  it('prints a line for each tenth of progress, not for each look', () => {
    const { written, display: lines } = display(false);
    lines.show(copying(0, 100), NINE);
    lines.show(copying(0, 150), NINE + 1_000);
    lines.show(copying(0, 210), NINE + 2_000);
    expect(written).toHaveLength(2);
    expect(written[1]).toMatch(/^09:00:02 {2}Copy: 21 % \(0 of 4 units, 210 items, 55 items\/s, about/);
  });

  it('prints a line when a phase begins and when a gate opens', () => {
    const { written, display: lines } = display(false);
    lines.show(statusIn('verify'), NINE);
    lines.show(statusIn('ready', gates(['lag', false, '9 s'], ['approval', false, 'waits'])), NINE + 1_000);
    lines.show(statusIn('ready', gates(['lag', false, '7 s'], ['approval', false, 'waits'])), NINE + 2_000);
    lines.show(statusIn('ready', gates(['lag', true, ''], ['approval', false, 'waits'])), NINE + 3_000);
    expect(written).toEqual([
      expect.stringContaining('Verify'),
      expect.stringContaining('Ready: lag gate shut (9 s); approval gate shut (waits)'),
      '09:00:03  Ready: approval gate shut (waits)\n',
    ]);
  });

  it('shows once a minute that it goes on', () => {
    const { written, display: lines } = display(false);
    for (const second of [0, 30, 59, 60, 90]) lines.show(statusIn('backup'), NINE + second * 1_000);
    expect(written).toHaveLength(2);
  });

  it('writes no control characters', () => {
    const { written, display: lines } = display(false);
    lines.note('Validate', NINE);
    lines.show(copying(1, 400), NINE + 1_000);
    lines.clear();
    expect(written.join('')).not.toContain('\x1b');
  });
});

describe('a display in a terminal', () => {
  const up = (lines: number) => `\x1b[${lines}A`;

  it('draws again in the place of what it drew', () => {
    const { written, display: block } = display(true);
    block.note('Validate', NINE);
    block.show(copying(1, 400), NINE + 1_000);
    block.show(copying(1, 500), NINE + 2_000);
    const drawn = (written[1] ?? '').split('\n').length - 1;
    expect(written[0]).not.toContain('\x1b[1A');
    expect(written[1]).toContain(up(1));
    expect(written[2]).toContain(up(drawn));
    expect(written[2]).toContain('100 items/s');
  });

  it('never draws more lines than it can take back', () => {
    const { written, display: block } = display(true, 4);
    block.show(copying(1, 400), NINE);
    block.show(copying(1, 400), NINE + 1_000);
    expect(written[1]).toContain(up(3));
  });

  it('leaves nothing behind when it is cleared', () => {
    const { written, display: block } = display(true);
    block.note('Validate', NINE);
    block.clear();
    block.clear();
    expect(written.slice(1)).toEqual([`${up(1)}\r\x1b[0J`, '']);
  });
});
