import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan';
export type Paint = (style: Style, text: string) => string;

/** Where a command's words go, and who answers its questions. */
export interface Terminal {
  /** Whether lines can be drawn again in place: output goes to a terminal, not to a file or a pipe. */
  readonly live: boolean;
  readonly rows: number;
  /** To standard output: what was asked for. */
  write(text: string): void;
  /** To standard error: what went wrong, and remarks. */
  writeError(text: string): void;
  paint: Paint;
  /** Asks for a yes. @returns undefined when nobody is there to be asked. */
  confirm(question: string): Promise<boolean | undefined>;
}

/** The terminal of this process. Colours obey NO_COLOR, FORCE_COLOR and whether there is a terminal. */
export const systemTerminal: Terminal = {
  get live() {
    return process.stdout.isTTY === true && process.env.TERM !== 'dumb';
  },
  get rows() {
    return process.stdout.rows || 24;
  },
  write: (text) => void process.stdout.write(text),
  writeError: (text) => void process.stderr.write(text),
  paint: (style, text) => styleText(style, text, { stream: process.stdout }),
  async confirm(question) {
    if (!process.stdin.isTTY) return undefined;
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
    } finally {
      lines.close();
    }
  },
};
