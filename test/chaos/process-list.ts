import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

interface Listed {
  readonly pid: number;
  readonly command: string;
}

/** The processes of this machine with their command lines. A small Linux image has no `ps`, another system no /proc. */
export async function processList(): Promise<Listed[]> {
  if (existsSync('/proc/self/cmdline')) return readdirSync('/proc').flatMap(listed);
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,command=']);
  return stdout.split('\n').map((line) => ({ pid: Number.parseInt(line, 10), command: line }));
}

function listed(name: string): Listed[] {
  const pid = Number(name);
  if (!pid) return [];
  try {
    return [{ pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
  } catch {
    return []; // It has ended meanwhile.
  }
}
