import type { Problem } from '../errors.ts';
import type { Spec } from '../spec.ts';

export interface SmokeTestProps {
  /** Region of the stack. */
  readonly region: string;
  /** ARNs that the stack may call. */
  readonly smokeTests: readonly string[];
}

/** A smoke test that can't be called would only be found out behind the fence. */
export function smokeTestProblems(
  { cutover: { smokeTest } }: Spec,
  { region, smokeTests }: SmokeTestProps,
): Problem[] {
  if (!smokeTest) return [];
  const { arn } = smokeTest;
  const at = 'cutover.smokeTest.arn';
  const problems: Problem[] = [];
  if (!smokeTests.includes(arn))
    problems.push({
      at,
      problem: 'the stack may not call this smoke test',
      value: arn,
      allowed: smokeTests.join(', ') || 'none',
      change: 'add it to the smokeTests of the deploy config and deploy again',
    });
  if (arn.split(':')[3] !== region)
    problems.push({
      at,
      problem: 'the smoke test is in another Region',
      value: arn,
      allowed: `one in ${region}`,
      change: 'name one in the Region of the stack',
    });
  return problems;
}
