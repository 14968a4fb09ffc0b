import { activeSide, passiveSide, type Side } from '../direction.ts';
import { CutoverGivenUpError } from '../errors.ts';
import type { CutoverRecord } from '../journal/coordinator.ts';
import type { SmokeTestOutcome } from '../smoke-test.ts';
import type { Migration } from './migration.ts';

/** What a smoke test is told: the input of its function or state machine. */
export interface SmokeTestInput {
  readonly migration: string;
  /** The side that is active, whose writes are held. */
  readonly from: Side;
  /** The side that is about to become active: what is to be looked at. */
  readonly to: Side;
  /** Names of tables, and `s3://bucket/prefix` of buckets, as the spec has them. */
  readonly resources: readonly { readonly source: string; readonly target: string }[];
  readonly attempt: number;
  /** Whatever it answers, nothing is switched this time. */
  readonly rehearsal: boolean;
  /** ISO 8601. A later answer does not count. */
  readonly deadline: string;
}

/** One smoke test: what it answered, or why it did not pass. */
export interface SmokeTestFact {
  readonly at: number;
  readonly attempt: number;
  readonly milliseconds: number;
  readonly rehearsal: boolean;
  /** JSON, shortened. */
  readonly answer?: string;
  readonly failed?: string;
}

/** The facts of a direction, one of each attempt, begin with this. */
export const SMOKE_TEST_FACT = 'smoke-test#';
const MOST_CHARACTERS = 500;

/**
 * Lets the user's smoke test look at the passive side, once, while the fence stands.
 * @param until when its answer must have come at the latest; its own limit may be sooner.
 * @throws CutoverGivenUpError unless it has answered `{"ok": true}` in time.
 */
export async function runSmokeTest(
  migration: Pick<Migration, 'name' | 'spec' | 'plan' | 'journal' | 'runtime' | 'callSmokeTest'>,
  cutover: CutoverRecord,
  until: number,
): Promise<void> {
  const { spec, journal, runtime, callSmokeTest } = migration;
  const { smokeTest } = spec.cutover;
  if (!smokeTest || !callSmokeTest) throw new CutoverGivenUpError('there is no smoke test to be called');
  const { attempt, rehearsal = false } = cutover;
  const began = runtime.now();
  const deadline = Math.min(began + smokeTest.seconds * 1000, until);
  const outcome = await callSmokeTest({
    arn: smokeTest.arn,
    input: {
      migration: migration.name,
      from: activeSide(journal.epoch),
      to: passiveSide(journal.epoch),
      resources: migration.plan.resources.map(({ source, target }) => ({ source, target })),
      attempt,
      rehearsal,
      deadline: new Date(deadline).toISOString(),
    } satisfies SmokeTestInput,
    limitMilliseconds: Math.max(0, deadline - began),
  });
  const at = runtime.now();
  const failed = failureOf(outcome);
  await journal.direction.noteFact(`${SMOKE_TEST_FACT}${String(attempt).padStart(4, '0')}`, {
    at,
    attempt,
    milliseconds: at - began,
    rehearsal,
    ...(outcome.kind === 'answered' ? { answer: shortened(JSON.stringify(outcome.answer)) } : {}),
    ...(failed === undefined ? {} : { failed }),
  } satisfies SmokeTestFact);
  if (failed !== undefined) throw new CutoverGivenUpError(`the smoke test failed: ${failed}`);
}

/** Why a smoke test has not passed. Only a clear yes is one: who forgets to answer must not switch. */
function failureOf(outcome: SmokeTestOutcome): string | undefined {
  if (outcome.kind === 'failed') return shortened(outcome.reason);
  const { ok, message } = (outcome.answer ?? {}) as { readonly ok?: unknown; readonly message?: unknown };
  if (ok === true) return undefined;
  if (typeof message === 'string' && message !== '') return shortened(message);
  return `it answered ${shortened(JSON.stringify(outcome.answer))}; it passes with {"ok": true} alone`;
}

function shortened(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
