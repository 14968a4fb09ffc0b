import type { Random } from '../../../infra/local/random.ts';
import { type ApiAnswer, type ApiCall, answerOf, type Json, outputOf, withInput } from './api-call.ts';
import type { Passage } from './passage.ts';

/** What a batch asks of each table: a list of writes, or an object with a list of keys. */
type RequestItems = Record<string, readonly Json[] | { readonly Keys: readonly Json[] }>;

/** Whether a batch has more than one entry: DynamoDB does at least one of them, or refuses the batch. */
export function canHoldBack({ input }: ApiCall): boolean {
  return Object.values(input.RequestItems as RequestItems).some((asked) => entriesOf(asked).length > 1);
}

/** A part of a batch is not done, and comes back as `UnprocessedItems` or `UnprocessedKeys`. */
export async function holdBack({ call, random, forward }: Passage): Promise<ApiAnswer> {
  const done: RequestItems = {};
  const heldBack: RequestItems = {};
  for (const [table, asked] of Object.entries(call.input.RequestItems as RequestItems)) {
    const entries = entriesOf(asked);
    const [first, rest] = cut(entries, random);
    done[table] = like(asked, first);
    if (rest.length > 0) heldBack[table] = like(asked, rest);
  }
  const answer = await forward(withInput(call, { ...call.input, RequestItems: done }));
  if (answer.status !== 200) return answer;
  const output = outputOf(answer);
  const name = call.operation === 'BatchGetItem' ? 'UnprocessedKeys' : 'UnprocessedItems';
  return answerOf(200, { ...output, [name]: { ...(output[name] as Json), ...heldBack } });
}

function cut(entries: readonly Json[], random: Random): readonly [readonly Json[], readonly Json[]] {
  const kept = 1 + random.below(Math.max(1, entries.length - 1));
  return [entries.slice(0, kept), entries.slice(kept)];
}

function entriesOf(asked: RequestItems[string]): readonly Json[] {
  return 'Keys' in asked ? asked.Keys : (asked as readonly Json[]);
}

function like(asked: RequestItems[string], entries: readonly Json[]): RequestItems[string] {
  return 'Keys' in asked ? { ...asked, Keys: entries } : entries;
}
