import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Processes } from '../../../infra/local/processes.ts';
import { ROOT } from '../../../infra/local/workspace.ts';

/** Writes its own pid and that of a child of its own, which may ignore polite requests, and waits. */
const familyScript = (child: string) => `
  const { spawn } = require('node:child_process');
  const { writeFileSync } = require('node:fs');
  const child = spawn(process.execPath, ['-e', ${JSON.stringify(child)}]);
  child.stdout.once('data', () => writeFileSync('pids', process.pid + ' ' + child.pid));
  setInterval(() => {}, 1000);
`;

const POLITE = familyScript('console.log(1); setInterval(() => {}, 1000)');
const STUBBORN = familyScript('process.on("SIGTERM", () => {}); console.log(1); setInterval(() => {}, 1000)');

let folder: string;
const options = () => ({ env: process.env, cwd: folder, log: join(folder, 'log') });

beforeEach(() => {
  folder = mkdtempSync(join(ROOT, 'node_modules', '.processes-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function pids(): Promise<number[]> {
  for (;;) {
    const text = existsSync(join(folder, 'pids')) ? readFileSync(join(folder, 'pids'), 'utf8') : '';
    if (/ \d+$/.test(text)) return text.split(' ').map(Number);
    await delay(20);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('what a run has started', () => {
  it('ends with it, children of children included', async () => {
    const processes = new Processes();
    processes.start(process.execPath, ['-e', POLITE], options());
    const family = await pids();
    expect(family.map(isAlive)).toEqual([true, true]);
    await processes[Symbol.asyncDispose]();
    expect(family.map(isAlive)).toEqual([false, false]);
    expect(() => processes.start(process.execPath, [], options())).toThrow('interrupted');
  }, 20_000);

  it('ends even when the run is killed hard', async () => {
    const script = `
      import { Processes } from ${JSON.stringify(join(ROOT, 'infra/local/processes.ts'))};
      new Processes().start(process.execPath, ['-e', ${JSON.stringify(STUBBORN)}], ${JSON.stringify({ cwd: folder, log: join(folder, 'log') })});
    `;
    const run = spawn(process.execPath, ['--input-type=module', '-e', script]);
    const family = await pids();
    run.kill('SIGKILL');
    await once(run, 'exit');
    while (family.some(isAlive)) await delay(50);
  }, 20_000);
});

describe('a command', () => {
  it('that fails shows the end of what it printed', async () => {
    await using processes = new Processes();
    const failing = ['-e', 'console.log("first"); console.error("the reason"); process.exit(3)'];
    await expect(processes.run('trying', process.execPath, failing, options())).rejects.toThrow(
      /trying failed \(exit code 3\):\nfirst\nthe reason/,
    );
  });

  it('that is missing says so', async () => {
    await using processes = new Processes();
    await expect(processes.run('trying', 'no-such-command', [], options())).rejects.toThrow(
      /no-such-command/,
    );
  });
});
