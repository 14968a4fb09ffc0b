import { Command, InvalidArgumentError } from 'commander';
import { interruption } from './interruption.ts';
import { LocalError } from './local-error.ts';
import { Processes } from './processes.ts';
import { type StoryOptions, tellStory } from './story.ts';
import { Terminal } from './terminal.ts';
import { openWorkspace } from './workspace.ts';

/** So many that the whole run takes 2 to 3 minutes on 2 cores. */
const DEFAULT_ITEMS = 50_000;
const DEFAULT_WRITERS = 4;

const options = new Command('npm start --')
  .description(
    'Deploys the stack to an embedded AWS and moves a table of real data to another one while an application writes it; then counts, independently, whether a single write was lost.',
  )
  .option('--items <n|all>', 'cities to move, of 135,233', items, DEFAULT_ITEMS)
  .option('--writers <n>', 'writers of the application', wholeNumber(1, 50), DEFAULT_WRITERS)
  .option('--port <n>', 'port of the embedded AWS (default: a free one)', wholeNumber(1_024, 65_535))
  .option('--yes', 'approve the cutover without asking', false)
  .option('--keep', 'leave everything running at the end, to look around, until Ctrl-C', false)
  .parse()
  .opts<StoryOptions>();

const terminal = new Terminal();
const interrupted = interruption();
process.exit(await run());

/** @returns the exit code: 0 if not a single write was lost, resurrected, duplicated or failed. */
async function run(): Promise<number> {
  using workspace = openWorkspace();
  await using processes = new Processes();
  const told = tellStory({ ...options, terminal, workspace, processes, interrupted });
  try {
    return await Promise.race([told, interrupted.then(sayGoodbye)]);
  } catch (error) {
    terminal.line('');
    terminal.line(terminal.style('red', describe(error)));
    if (workspace.keep()) terminal.line(`Logs are in ${workspace.folder} until the next run.`);
    if (options.keep) {
      terminal.line('Everything goes on running until Ctrl-C.');
      await interrupted;
    }
    return 1;
  }
}

function sayGoodbye(code: number): number {
  terminal.line('\nEnding everything that was started …');
  return code;
}

/** A failure that the person can act on without its stack. */
function describe(error: unknown): string {
  if (error instanceof LocalError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function items(text: string): number {
  return text === 'all' ? Number.MAX_SAFE_INTEGER : wholeNumber(1, 1_000_000)(text);
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`a whole number from ${least} to ${most}.`);
    return value;
  };
}
