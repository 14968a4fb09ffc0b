import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LocalError } from './local-error.ts';

const GUARD = fileURLToPath(new URL('guard.ts', import.meta.url));
/** More than the guard gives the group itself. */
const END_MILLISECONDS = 10_000;

export interface CommandOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** File that gets what the command prints. */
  readonly log: string;
}

/** A command that runs under its guard. */
export interface Running {
  /** Settles when the whole group has ended. */
  readonly ended: Promise<number>;
  /** Last lines of what it printed. */
  tail(lines?: number): string;
  stop(): Promise<void>;
}

/** Every process that a run starts; disposing of it ends them all, the last one first. */
export class Processes implements AsyncDisposable {
  readonly #running = new Set<Running>();
  #disposed = false;

  start(command: string, args: readonly string[], { env, cwd, log }: CommandOptions): Running {
    if (this.#disposed) throw new LocalError('interrupted');
    const output = openSync(log, 'a');
    const guard = spawn(process.execPath, [GUARD, command, ...args], {
      env,
      cwd,
      stdio: ['pipe', output, output],
      // A session of its own: Ctrl-C at the terminal reaches only this process, which ends the others in order.
      detached: true,
    });
    closeSync(output);
    const ended = once(guard, 'exit').then(([code]) => (code as number | null) ?? 1);
    const running: Running = {
      ended,
      tail: (lines = 30) => readFileSync(log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n'),
      stop: () => stop(guard, ended),
    };
    this.#running.add(running);
    void ended.finally(() => this.#running.delete(running));
    return running;
  }

  /**
   * Runs a command to its end.
   * @throws LocalError with the last lines that it printed, if it failed.
   */
  async run(what: string, command: string, args: readonly string[], options: CommandOptions): Promise<void> {
    const running = this.start(command, args, options);
    const code = await running.ended;
    if (code !== 0) throw new LocalError(`${what} failed (exit code ${code}):\n${running.tail()}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    for (const running of [...this.#running].reverse()) await running.stop();
  }
}

async function stop(guard: ChildProcess, ended: Promise<number>): Promise<void> {
  guard.stdin?.destroy();
  const overdue = setTimeout(() => guard.kill('SIGKILL'), END_MILLISECONDS);
  await ended;
  clearTimeout(overdue);
}
