import { Command } from 'commander';
import { runCommand } from './command.ts';
import { wholeNumber } from './command-options.ts';
import { type StoryOptions, tellStory } from './story.ts';

/** So many that the whole run takes 2 to 3 minutes on 2 cores. */
const DEFAULT_ITEMS = 50_000;
const DEFAULT_PICTURES = 1_000;
const DEFAULT_WRITERS = 4;

const options = new Command('npm start --')
  .description(
    'Deploys the stack to an embedded AWS and moves a table of real data (with --s3 also a bucket) to another one while an application writes it; then counts, independently, whether a single write was lost.',
  )
  .option('--items <n|all>', 'cities to move, of 135,233', howMany, DEFAULT_ITEMS)
  .option('--s3', 'move a bucket of pictures with the table, as one migration', false)
  .option('--pictures <n|all>', 'pictures to move with --s3, of 3,802', howMany, DEFAULT_PICTURES)
  .option('--writers <n>', 'writers of the application', wholeNumber(1, 50), DEFAULT_WRITERS)
  .option('--rollback', 'go there, back and there again, and count after each switch', false)
  .option('--port <n>', 'port of the embedded AWS (default: a free one)', wholeNumber(1_024, 65_535))
  .option('--yes', 'approve the cutover without asking', false)
  .option('--keep', 'leave everything running at the end, to look around, until Ctrl-C', false)
  .parse()
  .opts<StoryOptions>();

// 0 if not a single write was lost, resurrected, duplicated or failed.
process.exit(await runCommand((surroundings) => tellStory({ ...options, ...surroundings }), options));

function howMany(text: string): number {
  return text === 'all' ? Number.MAX_SAFE_INTEGER : wholeNumber(1, 1_000_000)(text);
}
