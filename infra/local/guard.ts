import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * `node guard.ts <command> <argument…>` runs a command in a process group of its own, and ends the whole group when
 * its own standard input closes. A pipe closes however the process at its other end dies, so nothing outlives the
 * run that started it, not even one that was killed hard.
 */
const TERMINATION_MILLISECONDS = 4_000;
const KILL_MILLISECONDS = 500;
const POLL_MILLISECONDS = 50;

const [command, ...args] = process.argv.slice(2);
if (!command) throw new Error('guard.ts needs a command');

const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
let ending: Promise<void> | undefined;

child.once('error', (error) => {
  console.error(`${command}: ${error.message}`);
  process.exit(127);
});
child.once('exit', (code, signal) => {
  // What the command left in its group goes with it.
  void endGroup().then(() => process.exit(code ?? (signal ? 128 : 1)));
});
process.stdin.resume();
for (const event of ['end', 'error'] as const) process.stdin.once(event, () => void endGroup());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void endGroup());

function endGroup(): Promise<void> {
  ending ??= (async () => {
    if (await gone('SIGTERM', TERMINATION_MILLISECONDS)) return;
    await gone('SIGKILL', KILL_MILLISECONDS);
  })();
  return ending;
}

/** Signals the group and waits for its end. */
async function gone(signal: NodeJS.Signals, milliseconds: number): Promise<boolean> {
  if (!signalGroup(signal)) return true;
  for (let waited = 0; waited < milliseconds; waited += POLL_MILLISECONDS) {
    await delay(POLL_MILLISECONDS);
    if (!signalGroup(0)) return true;
  }
  return false;
}

/** @returns false when nobody is left in the group. */
function signalGroup(signal: NodeJS.Signals | 0): boolean {
  try {
    return child.pid !== undefined && process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}
