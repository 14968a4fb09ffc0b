import { describe, expect, it, vi } from 'vitest';
import { Terminal } from '../../../infra/local/terminal.ts';

function terminal(isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, columns: 40, write: (text: string) => written.push(text) > 0 };
  return { terminal: new Terminal(stream as unknown as NodeJS.WriteStream), written };
}

describe('the display', () => {
  it('redraws one line in place at a terminal, within its width', () => {
    const { terminal: screen, written } = terminal(true);
    screen.live('copy', 'x'.repeat(100));
    screen.live('copy', 'short');
    screen.line('stays');
    expect(written).toEqual([`   ${'x'.repeat(36)}`, '\r\x1b[2K', '   short', '\r\x1b[2K', 'stays\n']);
  });

  it('prints a line now and then where there is none, and at once when its topic changes', () => {
    vi.useFakeTimers();
    const { terminal: plain, written } = terminal(false);
    plain.live('copy', 'one');
    plain.live('copy', 'two');
    plain.live('verify', 'three');
    vi.advanceTimersByTime(5_000);
    plain.live('verify', 'four');
    expect(written.map((line) => line.trim().split(' ').at(-1))).toEqual(['one', 'three', 'four']);
    vi.useRealTimers();
  });
});
