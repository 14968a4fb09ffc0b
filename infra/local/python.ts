import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LocalError } from './local-error.ts';

const NAMES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const OLDEST = 10;
/** The newest minor version for which every pinned package offers a built wheel. */
const NEWEST_TRIED = 14;
const PROBE = `
import json, sys
try:
    import ensurepip, fcntl, venv
    complete = True
except ImportError:
    complete = False
print(json.dumps({"path": sys.executable, "major": sys.version_info[0], "minor": sys.version_info[1], "complete": complete}))
`;

export interface Python {
  readonly path: string;
  readonly major: number;
  readonly minor: number;
  /** Whether it can make virtual environments. */
  readonly complete: boolean;
}

/**
 * The Python to make the project's environment with.
 * @throws LocalError with one sentence on what to install.
 */
export async function findPython(): Promise<Python> {
  return choosePython((await Promise.all(NAMES.map(probe))).filter((python) => python !== undefined));
}

/** The first that will do; a version newer than those tried only when there is no other. */
export function choosePython(found: readonly Python[]): Python {
  const recent = found.filter(({ major, minor }) => major === 3 && minor >= OLDEST);
  const usable = recent.filter(({ complete }) => complete);
  const chosen = usable.find(({ minor }) => minor <= NEWEST_TRIED) ?? usable[0];
  if (chosen) return chosen;
  const [incomplete] = recent;
  if (incomplete) {
    const version = `${incomplete.major}.${incomplete.minor}`;
    throw new LocalError(
      `Python ${version} (${incomplete.path}) cannot make virtual environments: install its venv module (Debian, Ubuntu: sudo apt install python${version}-venv) and run the command again.`,
    );
  }
  const old = found[0] ? `, found only ${found[0].major}.${found[0].minor} (${found[0].path})` : '';
  throw new LocalError(
    `Python 3.${OLDEST} or newer is needed for the embedded AWS${old}: install it (macOS: brew install python; Debian, Ubuntu: sudo apt install python3 python3-venv) and run the command again.`,
  );
}

async function probe(name: string): Promise<Python | undefined> {
  try {
    const { stdout } = await promisify(execFile)(name, ['-c', PROBE], { timeout: 10_000 });
    return JSON.parse(stdout) as Python;
  } catch {
    // Not there, or a version manager's stand-in for one that is not installed.
    return undefined;
  }
}
