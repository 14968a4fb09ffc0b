import { describe, expect, it } from 'vitest';
import { CommandLine, OUTPUTS } from './command-line.ts';
import { bringTo } from './journal-of-orders.ts';

async function withMigration(segue: CommandLine): Promise<CommandLine> {
  await segue.with(({ journal, now }) => bringTo(journal, 'copy', { now }));
  return segue;
}

describe('where Segue is deployed', () => {
  it('is looked up once in the outputs of its stack, in the Region that was passed', async () => {
    const segue = await withMigration(new CommandLine());
    expect(await segue.run('status', 'orders', '--region', 'eu-west-1')).toMatchObject({
      code: 0,
      errors: '',
    });
    expect(segue.stacksDescribed).toBe(1);
    expect(segue.regions).toEqual(['eu-west-1']);
  });

  it('needs no stack when the options name everything', async () => {
    const segue = await withMigration(new CommandLine({ outputs: undefined }));
    expect((await segue.run('status', 'orders', '--journal-table', 'journal')).code).toBe(0);
    expect(segue.stacksDescribed).toBe(0);
  });

  it('is asked for when there is no such stack', async () => {
    const { code, errors } = await new CommandLine({ outputs: undefined }).run('status', 'orders');
    expect(code).toBe(1);
    expect(errors).toMatch(/^segue: there is no stack Segue .*--stack.*--region.*\n$/);
  });

  it('is asked for when the stack is another one', async () => {
    const { JournalTable: _, ...others } = OUTPUTS;
    const { code, errors } = await new CommandLine({ outputs: others }).run('status', 'orders');
    expect(code).toBe(1);
    expect(errors).toMatch(/no output JournalTable.*--journal-table/);
  });
});
