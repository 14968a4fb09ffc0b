import type { Focus } from '../setting.ts';
import type { Mutant } from './mutant.ts';

const DOCUMENT = 'shared/policy-document.ts';
const FENCE = 'shared/engine/fence-policy.ts';
const POLICIES = 'shared/resources/tables/table-policies.ts';
const TURN = 'shared/engine/policy-turn.ts';

const CHANGED: Focus = { fence: 'named', policyChanges: 4 };
const THERE_AND_BACK: Focus = { fence: 'late', switches: 2, wayBack: true };

/** Mistakes in the second fence, a Deny in the resource policies. */
export const POLICY_MUTANTS: readonly Mutant[] = [
  {
    name: 'change-of-a-policy-undone',
    rule: 'Removing the Deny keeps what others have made of the policy meanwhile.',
    scenario: 'migration',
    focus: CHANGED,
    edits: [
      {
        file: TURN,
        from: 'const before = samePolicy(others, known.before) ? known.before : others;',
        to: 'const before = known.before;',
      },
    ],
  },
  {
    name: 'everybody-denied-before-the-switch',
    rule: 'Before the switch nobody is denied who may be a router: a removal of the Deny takes longer than any pause.',
    scenario: 'migration',
    focus: { fence: 'late' },
    edits: [
      {
        file: FENCE,
        from: "fence.routerRoles ? 'others' : 'nobody'",
        to: "fence.routerRoles ? 'others' : asked || epoch === FIRST_EPOCH ? 'everybody' : 'nobody'",
      },
    ],
  },
  {
    name: 'rollback-waits-for-no-removal',
    rule: 'Who goes back waits until the Deny of the other side is gone, and has been for the time that settles it.',
    scenario: 'migration',
    focus: THERE_AND_BACK,
    edits: [
      {
        file: FENCE,
        from: '(spec.cutover.fence?.settleSeconds ?? 0) * 1_000;\n  if (now',
        to: '0;\n  if (now',
      },
    ],
  },
  {
    name: 'policy-put-over-another-revision',
    rule: 'A policy is changed only at the revision that was read.',
    scenario: 'migration',
    focus: { ...CHANGED, policyChanges: 12 },
    edits: [
      {
        file: POLICIES,
        from: 'const input = { ResourceArn: tableArn, ExpectedRevisionId: expected };',
        to: 'const input = { ResourceArn: tableArn, ...(expected ? {} : { ExpectedRevisionId: expected }) };',
      },
    ],
  },
  {
    name: 'change-of-a-policy-passed-over',
    rule: 'What somebody else does to a policy stops the cutover until a person accepts it.',
    scenario: 'migration',
    focus: CHANGED,
    edits: [{ file: FENCE, from: 'return changed === undefined ||', to: 'return changed !== null ||' }],
  },
  {
    name: 'deny-left-in-the-policy',
    rule: 'At the end each policy is as others have left it.',
    scenario: 'migration',
    focus: { fence: 'named' },
    edits: [
      { file: FENCE, from: "if (!fence || ends) return 'nobody';", to: "if (!fence) return 'nobody';" },
    ],
  },
  {
    name: 'policy-put-without-others',
    rule: 'The Deny is put beside what is there.',
    scenario: 'migration',
    focus: { fence: 'named', othersPolicy: true },
    edits: [
      {
        file: DOCUMENT,
        from: 'Statement: [...statementsOf(document), statement]',
        to: 'Statement: [statement]',
      },
    ],
  },
];
