import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { cityKey } from './cities.ts';
import type { LedgerClaim } from './city-ledger.ts';
import type { Connection } from './connection.ts';
import { itemReply } from './item-reply.ts';
import { contentDigest, type Item, itemText } from './item-text.ts';

/** Numbers that no city has. */
const FIRST_CLAIM_ID = 8_500_000_000;

/** Keys for which all writers race: the first may create each, and nobody ever removes one. */
export class Claims {
  readonly #connection: Connection;
  readonly #claims = new Map<number, { readonly key: Item; winners: Item[]; uncertain: Item[] }>();
  readonly #next = new Map<string, number>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async race(writer: string): Promise<void> {
    const { client, table, books } = this.#connection;
    const number = this.#next.get(writer) ?? 0;
    this.#next.set(writer, number + 1);
    const key = cityKey(FIRST_CLAIM_ID + number, 'claim');
    const claim = this.#claims.get(number) ?? { key, winners: [], uncertain: [] };
    this.#claims.set(number, claim);
    const item: Item = { ...key, holder: { S: writer } };
    const deed = { writer, operation: 'claim', key: itemText(key) };
    const command = new PutItemCommand({
      TableName: table,
      Item: item,
      ConditionExpression: 'attribute_not_exists(cityId)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    const outcome = await books.write(deed, () => itemReply(() => client.send(command)));
    if (outcome.kind === 'failed') claim.uncertain.push(item);
    else if (outcome.kind === 'acknowledged') claim.winners.push(item);
    else if (outcome.attempts > 1 && contentDigest(outcome.shown?.content) === contentDigest(item)) {
      books.settle();
      claim.winners.push(item);
    } else if (outcome.shown?.content?.holder) books.refused++;
    else books.contradict(deed, 'a claim was refused although nobody holds it');
  }

  ledger(): LedgerClaim[] {
    return [...this.#claims.values()];
  }
}
