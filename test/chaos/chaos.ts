import { Command } from 'commander';
import { runCommand, type Surroundings } from '../../infra/local/command.ts';
import { wholeNumber } from '../../infra/local/command-options.ts';
import { deployStack, startAws } from '../../infra/local/embedded-stack.ts';
import { showVerdict } from '../../infra/local/show-verdict.ts';
import { phasesOf } from '../../shared/phases.ts';
import { runChaos } from './chaos-run.ts';
import { chaosTable } from './chaos-table.ts';

const NAME = 'chaos';
const SOURCE = 'cities';
const TARGET = 'cities-moved';

interface ChaosOptions {
  readonly seed: number;
  readonly items: number;
  readonly writers: number;
}

const options = new Command('npm run chaos --')
  .description(
    'Deploys the stack to an embedded AWS and moves a table under live writes, while API calls fail in every way, workers are killed, and the execution is stopped and started again in every phase; then counts, independently, whether a single write was lost.',
  )
  .option(
    '--seed <n>',
    'decides every fault; which call meets it is up to the run',
    wholeNumber(0, 2 ** 31),
    2026,
  )
  .option('--items <n>', 'cities to move', wholeNumber(1, 135_233), 10_000)
  .option('--writers <n>', 'writers of the application', wholeNumber(1, 50), 3)
  .parse()
  .opts<ChaosOptions>();

// 0 if not a single write was lost, resurrected, duplicated or failed.
process.exit(await runCommand(chaos));

async function chaos(surroundings: Surroundings): Promise<number> {
  const { terminal } = surroundings;
  terminal.heading('Start an AWS on this machine');
  const aws = await startAws(surroundings);

  terminal.heading('Deploy the stack, as on AWS');
  const outputs = await deployStack(surroundings, aws, { sources: [SOURCE], targets: [TARGET] });

  terminal.heading(`Migrate with every fault at once (seed ${options.seed})`);
  const result = await runChaos({
    ...{ aws, outputs, terminal, name: NAME, source: SOURCE, target: TARGET },
    ...options,
    ratePerWriter: 10,
    stopIn: phasesOf({ cutover: {} }).map(({ id }) => id),
    victims: { copy: 2, apply: 4, verify: 2, 'stand-by': 1, cutover: 1, sweep: 2 },
  });

  terminal.heading('Faults survived');
  for (const line of chaosTable(result)) terminal.line(line);

  terminal.heading('Count, independently of the migrator');
  const { verdict, status } = result;
  return showVerdict(surroundings, {
    ...{ aws, outputs, status, verdicts: [{ name: 'cities', verdict }] },
    again: `npm run chaos -- --seed ${options.seed}`,
  });
}
