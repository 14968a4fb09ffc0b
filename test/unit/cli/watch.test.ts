import { describe, expect, it } from 'vitest';
import { type Answers, CommandLine } from './command-line.ts';
import { bringTo, noteGates } from './journal-of-orders.ts';

const RUNNING = { status: 'RUNNING' };
const SUCCEEDED = { status: 'SUCCEEDED', output: '{"html":"s3://reports/orders/report.html"}' };

describe('segue watch', () => {
  async function inCopy(answers: Answers): Promise<CommandLine> {
    const segue = new CommandLine(answers);
    await segue.with(({ journal, now }) => bringTo(journal, 'copy', { now }));
    return segue;
  }

  it('prints what is new until the execution has succeeded', async () => {
    const segue = await inCopy({ executions: [RUNNING, RUNNING, RUNNING, SUCCEEDED] });
    const { code, out } = await segue.run('watch', 'orders');
    expect(code).toBe(0);
    expect(out.match(/Copy: 0 % \(0 of 2 units/g)).toHaveLength(1);
    expect(out).toMatch(/Migration +orders/);
    expect(out).toMatch(/Moved\. The report is s3:.*\n$/);
  });

  it('ends with the failure and what to do about it', async () => {
    const segue = await inCopy({
      executions: [{ status: 'FAILED', error: 'PermanentError', cause: 'gone' }],
    });
    const { code, errors } = await segue.run('watch', 'orders');
    expect(code).toBe(1);
    expect(errors).toContain('PermanentError: gone\n');
    expect(errors).toContain('start it again with the same spec');
  });

  it('says so when somebody has stopped the execution', async () => {
    const { code, errors } = await (await inCopy({ executions: [{ status: 'ABORTED' }] })).run(
      'watch',
      'orders',
    );
    expect(code).toBe(1);
    expect(errors).toContain('ABORTED: the execution was stopped');
  });

  it('outlives a network that is gone for a while', async () => {
    const gone = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const segue = await inCopy({ executions: [RUNNING, gone, SUCCEEDED] });
    const { code, out } = await segue.run('watch', 'orders');
    expect(code).toBe(0);
    expect(out).toContain("AWS can't be reached, trying again");
  });

  it('fails at once when AWS can not be reached from the start', async () => {
    const gone = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const { code, errors } = await (await inCopy({ executions: [gone] })).run('watch', 'orders');
    expect(code).toBe(1);
    expect(errors).toContain("AWS can't be reached");
  });

  it('knows the outcome of an execution that Step Functions has forgotten', async () => {
    const forgotten = Object.assign(new Error('gone'), { name: 'ExecutionDoesNotExist' });
    const open = await inCopy({ executions: [forgotten] });
    expect(await open.run('watch', 'orders')).toMatchObject({ code: 1 });
    const over = new CommandLine({ executions: [forgotten] });
    await over.with(async ({ journal, now }) => {
      await bringTo(journal, 'complete', { now });
      await journal.coordinator.leave(1, 'complete', now);
    });
    expect(await over.run('watch', 'orders')).toMatchObject({ code: 0 });
  });

  it('names the gates that are shut in Ready', async () => {
    const segue = new CommandLine({ executions: [RUNNING, SUCCEEDED] });
    await segue.with(async ({ journal, now }) => {
      await bringTo(journal, 'ready', { now });
      await noteGates(journal, now, [
        { name: 'backup', holds: true, detail: '1 of 1' },
        { name: 'lag', holds: false, detail: '9 s old' },
      ]);
    });
    const { out } = await segue.run('watch', 'orders');
    expect(out).toContain('Ready: lag gate shut (9 s old)');
  });
});
