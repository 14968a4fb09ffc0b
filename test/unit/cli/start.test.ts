import { describe, expect, it } from 'vitest';
import { CommandLine, EXECUTION } from './command-line.ts';
import { ordersSpec } from './journal-of-orders.ts';
import { specFile, temporaryFolder } from './temporary-folder.ts';

const RUNNING = { status: 'RUNNING' };
const SUCCEEDED = { status: 'SUCCEEDED', output: '{"html":"s3://reports/orders/report.html"}' };
const FAILED = { status: 'FAILED', error: 'Refused', cause: 'One problem:\n1. name: taken' };

const folder = temporaryFolder();

describe('segue start', () => {
  it('starts an execution with the spec as it was written, under a name of its own each time', async () => {
    const segue = new CommandLine();
    const first = await segue.run('start', specFile(folder, ordersSpec));
    await segue.run('start', specFile(folder, ordersSpec));
    expect(first.code).toBe(0);
    expect(first.out).toContain(EXECUTION);
    expect(first.out).toContain(
      `https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions/details/${EXECUTION}`,
    );
    const [one, two] = segue.started;
    expect(one?.input).toEqual(ordersSpec);
    expect(one?.name).toMatch(/^orders-\d{8}T\d{9}Z$/);
    expect(two?.name).not.toBe(one?.name);
  });

  it('makes a dry run of any spec', async () => {
    const segue = new CommandLine();
    await segue.run('start', specFile(folder, ordersSpec), '--dry-run');
    expect(segue.started[0]?.input).toEqual({ ...ordersSpec, dryRun: true });
  });

  it('starts nothing with a spec that has problems', async () => {
    const segue = new CommandLine();
    const { code } = await segue.run('start', specFile(folder, { ...ordersSpec, name: '?' }));
    expect(code).toBe(1);
    expect(segue.started).toEqual([]);
  });

  it('goes on to watch until a dry run ends', async () => {
    const segue = new CommandLine({ executions: [RUNNING, SUCCEEDED] });
    const { code, out } = await segue.run('start', specFile(folder, ordersSpec), '--dry-run', '--watch');
    expect(code).toBe(0);
    expect(out).toContain('Validate: nothing is touched yet');
    expect(out).toContain(
      'The dry run is done, nothing was touched. The report is s3://reports/orders/report.html',
    );
  });

  it('ends with the problems when the spec is refused', async () => {
    const segue = new CommandLine({ executions: [RUNNING, FAILED] });
    const { code, errors } = await segue.run('start', specFile(folder, ordersSpec), '--watch');
    expect(code).toBe(1);
    expect(errors).toBe('segue: Refused: One problem:\n1. name: taken\n');
  });
});
