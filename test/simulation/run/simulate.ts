import { CommanderError } from 'commander';
import { interruption } from '../../../infra/local/interruption.ts';
import { Terminal } from '../../../infra/local/terminal.ts';
import { MUTANTS } from '../mutants/catalogue.ts';
import { replay } from './replay.ts';
import { parseRequest } from './request.ts';
import { showExploration } from './show-exploration.ts';
import { showMutants } from './show-mutants.ts';

const WRONG_USAGE = 2;

// Threads may be in the midst of a schedule when somebody interrupts: nothing waits for them.
process.exit(await run());

async function run(): Promise<number> {
  try {
    const request = parseRequest(process.argv.slice(2), MUTANTS);
    const terminal = new Terminal();
    switch (request.kind) {
      case 'replay':
        return await replay(request, terminal);
      case 'explore':
        return await showExploration(request, terminal, interruption());
      case 'mutants':
        return await showMutants(request, terminal, interruption());
    }
  } catch (error) {
    // Commander has printed what it has to say; help that was asked for is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    throw error;
  }
}
