import { Command } from 'commander';
import { Terminal } from '../../infra/local/terminal.ts';
import { addObjectBench } from './object-bench.ts';
import { addPauseBench } from './pause-bench.ts';
import { addRouterBench } from './router-bench.ts';

const program = new Command('npm run bench --')
  .description('Measures on this machine, without an AWS. Each bench has --help.')
  .showHelpAfterError('(add --help to see what there is)');
addRouterBench(program, new Terminal());
addPauseBench(program);
addObjectBench(program);
await program.parseAsync();
