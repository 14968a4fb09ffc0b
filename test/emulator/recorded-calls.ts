import { readFileSync } from 'node:fs';
import { inject } from 'vitest';

/** A request that a role has made of the embedded AWS, and its judgement. The same judgement is recorded once. */
export interface Call {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly allowed: boolean;
}

/** Every request that the roles of a stack have made so far. */
export function recordedCalls(stack: string): Call[] {
  return readFileSync(inject('calls'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line): Call => {
      const { principal, ...call } = JSON.parse(line) as Omit<Call, 'role'> & { readonly principal: string };
      // arn:aws:sts::<account>:assumed-role/<role>/<session>
      return { role: principal.split('/')[1] ?? '', ...call };
    })
    .filter(({ role }) => role.startsWith(`${stack}-`));
}
