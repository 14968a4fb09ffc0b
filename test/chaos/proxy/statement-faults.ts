import { type ApiAnswer, answerOf, type Json, outputOf, withInput } from './api-call.ts';
import type { Passage } from './passage.ts';

const WITHOUT_EFFECT = [
  ['ThrottlingError', 'Throughput exceeds the current capacity of your table or index.'],
  ['ProvisionedThroughputExceeded', 'The level of configured provisioned throughput was exceeded.'],
  ['RequestLimitExceeded', 'Throughput exceeds the current throughput limit for your account.'],
  ['TransactionConflict', 'Transaction is ongoing for the item'],
  ['InternalServerError', 'Internal server error'],
] as const;

/** One statement of a batch is answered with an error and not executed; the others go on. */
export async function refuseStatement({ call, random, forward }: Passage): Promise<ApiAnswer> {
  const statements = call.input.Statements as readonly Json[];
  const refused = random.below(statements.length);
  const others = statements.filter((_, index) => index !== refused);
  const responses: Json[] = [];
  if (others.length > 0) {
    const answer = await forward(withInput(call, { ...call.input, Statements: others }));
    if (answer.status !== 200) return answer;
    responses.push(...responsesOf(answer));
  }
  const [Code, Message] = random.pick(WITHOUT_EFFECT);
  responses.splice(refused, 0, { Error: { Code, Message } });
  return answerOf(200, { Responses: responses });
}

/** One statement of a batch is executed, and answered with an error of which its sender can't tell. */
export async function failStatement({ call, random, forward }: Passage): Promise<ApiAnswer> {
  const answer = await forward(call);
  if (answer.status !== 200) return answer;
  const failed = random.below((call.input.Statements as readonly Json[]).length);
  const error = { Error: { Code: 'InternalServerError', Message: 'Internal server error' } };
  return answerOf(200, {
    ...outputOf(answer),
    Responses: responsesOf(answer).map((response, index) => (index === failed ? error : response)),
  });
}

function responsesOf(answer: ApiAnswer): Json[] {
  return outputOf(answer).Responses as Json[];
}
