import { beforeAll, describe, expect, it } from 'vitest';
import { AFTER_ACCIDENTS } from './after-accidents.ts';
import { deployedGrants, type Grant, matches } from './deployed-grants.ts';
import { MADE_BY_AWS, type MadeByAws } from './made-by-aws.ts';
import { type Call, recordedCalls } from './recorded-calls.ts';

const STACK = 'Segue';
const ALONE = 'this test judges the calls of all others: run it with them (npm run test:emulator)';

/**
 * Runs after every other test of the project (vitest.config.ts), and judges what all of them have done. With
 * SEGUE_PRINT_GRANTS=1 it prints each grant and who uses it.
 */
describe('the roles of the deployed stack', () => {
  let grants: Grant[];
  let calls: Call[];

  beforeAll(async () => {
    grants = await deployedGrants(STACK);
    calls = recordedCalls(STACK);
    if (process.env.SEGUE_PRINT_GRANTS) console.log(table(grants, calls));
  });

  it('were allowed every call that they have made, but for a look at tables that are not granted', () => {
    const denied = calls.filter(({ allowed }) => !allowed);
    expect(denied.map(({ role, action, resource }) => [shortName(role), action, lastPart(resource)])).toEqual(
      [
        ['Workersvalidate', 'dynamodb:DescribeTable', 'not-granted-source'],
        ['Workersvalidate', 'dynamodb:DescribeTable', 'not-granted-target'],
      ],
    );
  });

  it('have made no call that a deployed statement does not name', () => {
    const unnamed = calls.filter((call) => call.allowed && !grants.some((grant) => covers(grant, call)));
    expect(unnamed).toEqual([]);
  });

  it('are granted nothing that no call has used', () => {
    const unused = grants.filter((grant) => useOf(grant, calls) === undefined);
    expect(unused.map(describeGrant), ALONE).toEqual([]);
  });

  it('are granted what AWS itself calls with them', () => {
    const unfounded = MADE_BY_AWS.filter((made) => !grants.some((grant) => isMade(made, grant)));
    expect(unfounded).toEqual([]);
  });
});

function covers({ role, action, resources }: Grant, call: Call): boolean {
  return (
    role === call.role &&
    action === call.action &&
    resources.some((pattern) => matches(pattern, call.resource))
  );
}

/** Who uses a grant; undefined if nobody does. */
function useOf(grant: Grant, calls: readonly Call[]): string | undefined {
  if (calls.some((call) => call.allowed && covers(grant, call))) return 'called';
  const made = MADE_BY_AWS.find((one) => isMade(one, grant));
  if (made) return `by AWS: ${made.what} (${made.page})`;
  const after = AFTER_ACCIDENTS.find((one) => isMade(one, grant));
  return after && `after an accident: ${after.what} (${after.shown})`;
}

function isMade(made: Omit<MadeByAws, 'page'>, { role, action, kind }: Grant): boolean {
  return made.role.test(role) && made.action.test(action) && (made.resource?.test(kind) ?? true);
}

/** Role × action × used, one grant a line. */
function table(grants: readonly Grant[], calls: readonly Call[]): string {
  return grants
    .map((grant) => `${describeGrant(grant)}\t${useOf(grant, calls) ?? 'UNUSED'}`)
    .sort()
    .join('\n');
}

function describeGrant({ role, action, kind }: Grant): string {
  return [shortName(role), action, kind].join('\t');
}

/** What the stack calls a role, without what CDK and CloudFormation make unique in its name. */
function shortName(role: string): string {
  return role.slice(`${STACK}-`.length).replace(/Role[0-9A-F]{8}-.*$/, '');
}

function lastPart(resource: string): string {
  return resource.slice(resource.lastIndexOf('/') + 1);
}
