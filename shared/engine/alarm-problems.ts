import type { Problem } from '../errors.ts';
import type { Spec } from '../spec.ts';

/** An alarm that does not exist would never pause anything. */
export async function alarmProblems(
  { copy: { pauseOnAlarm } }: Spec,
  alarmFires: (name: string) => Promise<boolean | undefined>,
): Promise<Problem[]> {
  if (pauseOnAlarm === undefined || (await alarmFires(pauseOnAlarm)) !== undefined) return [];
  return [
    {
      at: 'copy.pauseOnAlarm',
      problem: 'there is no such alarm',
      value: pauseOnAlarm,
      allowed: 'a CloudWatch alarm of this account and Region',
      change: 'correct its name, or create it',
    },
  ];
}
