import { readFileSync } from 'node:fs';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { cutoverStep, restoreActive } from '../../shared/engine/cutover.ts';
import { type Bench, NAME, onBench, RESERVED, SMOKE_TESTED, WAY_BACK } from './engine/bench.ts';
import { cell, item, version } from './engine/cells.ts';
import { cutOver } from './engine/cutovers.ts';

const RUNBOOK = readFileSync(new URL('../../infra/RUNBOOK.md', import.meta.url), 'utf8');

/** Sends an input of the runbook as it stands there, with its names filled in. */
async function follow(bench: Bench, section: string, names: Record<string, string> = {}): Promise<void> {
  const input = new RegExp(`<!-- ${section} -->\n\`\`\`json\n(.*?)\n\`\`\``, 's').exec(RUNBOOK)?.[1];
  if (input === undefined) throw new Error(`the runbook has no input ${section}`);
  const { active, revision } = await bench.route();
  const filled = Object.entries({
    ROUTE_TABLE: 'route',
    'orders-2026': NAME,
    SEEN_REVISION: String(revision),
    SIDE: active,
    ...names,
  }).reduce((text, [name, value]) => text.replaceAll(name, value), input);
  await bench.world.client(bench.task).send(new UpdateItemCommand(JSON.parse(filled)));
}

const REFUSED = { name: 'ConditionalCheckFailedException' };

it.each(['announce', 'fence', 'drain', 'recheck', 'smoke-test'] as const)(
  'the runbook gives the source back after %s, the switch is refused, and the migration can go on',
  (last) =>
    onBench(
      async (bench) => {
        await cutOver(bench, last);
        const seen = await bench.route();
        await follow(bench, 'lift');
        expect(await bench.route()).toMatchObject({ state: 'source', revision: seen.revision + 1 });
        expect(await bench.route()).not.toHaveProperty('deadline');
        await expect(cutoverStep(bench.migration(), 'switch', 1)).rejects.toThrow('the route is source');
        await restoreActive(bench.migration());
        await cutOver(bench);
        expect((await bench.route()).state).toBe('target');
      },
      { cutover: SMOKE_TESTED },
    ),
);

it('the runbook gives the target back during a rollback', () =>
  onBench(
    async (bench) => {
      await cutOver(bench);
      await cutOver(bench, 'fence');
      await follow(bench, 'lift');
      expect((await bench.route()).state).toBe('target');
    },
    { cutover: WAY_BACK },
  ));

it('the runbook lifts nothing that has moved on, or is not held', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'fence');
    await expect(follow(bench, 'lift', { SEEN_REVISION: '1' })).rejects.toMatchObject(REFUSED);
    await follow(bench, 'lift');
    await expect(follow(bench, 'lift')).rejects.toMatchObject(REFUSED);
  }));

it('the runbook says in the route that a migration is over, but not during a cutover', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'fence');
    await expect(follow(bench, 'finish')).rejects.toMatchObject(REFUSED);
    await follow(bench, 'lift');
    await follow(bench, 'finish');
    expect(await bench.route()).toMatchObject({ state: 'source', final: true });
  }));

it('the runbook removes a version only while it is unchanged', () =>
  onBench(
    async (bench) => {
      const sweep = (seen: string) =>
        follow(bench, 'sweep', {
          ACTIVE_TABLE: 'target',
          ITEM: 'a',
          SEEN_VERSION: seen,
          '"_segue:orders-2026"': `"${RESERVED}"`,
        });
      await expect(sweep(version(2))).rejects.toMatchObject(REFUSED);
      await sweep(version(1));
      expect(bench.target.items()).toEqual([item('a', 'x')]);
    },
    { target: [cell(item('a', 'x'), version(1))] },
  ));
