import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { addApprove } from './commands/approve.ts';
import { addAbort, addComplete } from './commands/end.ts';
import { addPace } from './commands/pace.ts';
import { addPause } from './commands/pause.ts';
import { addPostpone } from './commands/postpone.ts';
import { addReport } from './commands/report.ts';
import { addResume } from './commands/resume.ts';
import { addRollback } from './commands/rollback.ts';
import { addRouteCreate } from './commands/route-create.ts';
import { addRouteRetire } from './commands/route-retire.ts';
import { addRouteShow } from './commands/route-show.ts';
import { addSchema } from './commands/schema.ts';
import { addStart } from './commands/start.ts';
import { addStatus } from './commands/status.ts';
import { addValidate } from './commands/validate.ts';
import { addWatch } from './commands/watch.ts';
import type { Context } from './context.ts';

const LIFE = `
The life of a migration:
  $ segue route create orders orders:orders-v2   before the application uses the router
  $ segue validate orders.json                   the spec, on this machine
  $ segue start orders.json --dry-run --watch    the account, the plan, its price
  $ segue start orders.json --watch              copies, follows, compares; waits in Ready
  $ segue pace orders --write-units 500          as fast as the tables should bear; also pause and resume
  $ segue approve orders --rehearse              everything but the switch, with the pause measured
  $ segue approve orders                         lets it cut over
  $ segue rollback orders                        back to the source, nothing lost
  $ segue complete orders                        ends the way back, and the migration
  $ segue report orders                          what was moved, and the proof
  $ segue route retire orders                    when no application uses the router any more

Credentials are those of the AWS SDK: AWS_PROFILE, the environment, or a role.
Exit codes: 0 done, 1 failed or refused, 2 wrong usage.`;

/** The command line, ready to parse. Throws commander's errors instead of ending the process. */
export function createProgram(context: Context): Command {
  const { terminal } = context;
  const program = new Command('segue')
    .description('Moves live DynamoDB tables and S3 buckets without stopping the application that uses them.')
    .version(packageJson.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.write(text),
      writeErr: (text) => terminal.writeError(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('(add --help to see what there is)')
    .addHelpText('after', LIFE);
  addStart(program, context);
  addStatus(program, context);
  addWatch(program, context);
  addPause(program, context);
  addResume(program, context);
  addPace(program, context);
  addApprove(program, context);
  addPostpone(program, context);
  addRollback(program, context);
  addComplete(program, context);
  addAbort(program, context);
  addReport(program, context);
  const route = program
    .command('route')
    .summary('create, show or retire the route that routers follow')
    .description('The route says where the requests of an application go. Its routers read it.');
  addRouteCreate(route, context);
  addRouteShow(route, context);
  addRouteRetire(route, context);
  addValidate(program, context);
  addSchema(program, context);
  return program;
}
