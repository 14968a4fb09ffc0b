import { copyFileSync, readFileSync } from 'node:fs';
import { inject, it } from 'vitest';
import { deployedGrants, matches } from './deployed-grants.ts';

it('x', async () => {
  const grants = await deployedGrants('Segue');
  const calls = readFileSync(inject('calls'), 'utf8')
    .trim()
    .split('\n')
    .map((l) => JSON.parse(l));
  copyFileSync(inject('calls'), '/tmp/h/calls.jsonl');
  for (const g of grants) {
    const used = calls.some(
      (c) =>
        c.principal.split('/')[1] === g.role &&
        c.action === g.action &&
        g.resources.some((r) => matches(r, c.resource)),
    );
    console.log(used ? 'used  ' : 'UNUSED', g.role, g.action, g.kind, g.resources.length);
  }
  for (const c of calls.filter((c) => c.decision !== 'Allow')) console.log('DENIED', JSON.stringify(c));
});
