import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone's top level. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
/** What the local tools keep between runs, and below it a folder for each run. */
export const KEPT = join(ROOT, '.segue');

const RUN = /^run-(\d+)$/;

/** Folders of one run. Whatever it starts writes below them and nowhere else. */
export interface Workspace extends Disposable {
  readonly folder: string;
  /** `TMPDIR` of every process. */
  readonly temporary: string;
  /** `HOME` of the embedded AWS and of the CDK: nothing of the user's own settings is read, and nothing written there. */
  readonly home: string;
  file(name: string): string;
  /** Leaves the folder until the next run if there are logs in it. @returns whether there are. */
  keep(): boolean;
}

/** Opens this process's folder, and removes those of runs that could not remove theirs. */
export function openWorkspace(): Workspace {
  mkdirSync(KEPT, { recursive: true });
  for (const name of readdirSync(KEPT)) {
    const pid = Number(RUN.exec(name)?.[1]);
    if (pid && (pid === process.pid || !isAlive(pid))) remove(join(KEPT, name));
  }
  const folder = join(KEPT, `run-${process.pid}`);
  const temporary = join(folder, 'tmp');
  const home = join(folder, 'home');
  for (const path of [temporary, home]) mkdirSync(path, { recursive: true });
  // Lambda functions are unpacked here, and below the clone they would take its package.json for theirs.
  writeFileSync(join(temporary, 'package.json'), '{}\n');
  let kept = false;
  return {
    folder,
    temporary,
    home,
    file: (name) => join(folder, name),
    keep: () => {
      kept = readdirSync(folder).some((name) => name.endsWith('.log'));
      return kept;
    },
    [Symbol.dispose]: () => {
      if (!kept) remove(folder);
    },
  };
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
