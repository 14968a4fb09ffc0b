import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Deed, Outcome } from '../bookkeeping.ts';
import { cityKey } from './cities.ts';
import type { CounterShare, LedgerCounter } from './city-ledger.ts';
import type { Connection } from './connection.ts';
import { itemReply } from './item-reply.ts';
import { type Item, itemText } from './item-text.ts';

/** Numbers that no city has. */
const FIRST_COUNTER_ID = 8_000_000_000;
const TRIES = 10;
/** More attempts than the SDK makes of one request. */
const FAILED_ATTEMPTS = 10;

interface Share {
  acknowledged: number;
  uncertain: number;
}

/**
 * A hot key: a total (`visits`), and beside it the share of each writer. Each increment changes both at once, so that every
 * writer's share can be held against its own count, and the total against the sum.
 *
 * A *checked* counter names the version it replaces, so that no attempt counts twice. An *added* one uses ADD, of
 * which a repeated attempt may count again: those are noted as uncertain.
 */
export class SharedCounter {
  readonly #connection: Connection;
  readonly #kind: 'checked' | 'added';
  readonly #key: Item;
  readonly #shares = new Map<string, Share>();
  #seen: Item | undefined;

  constructor(connection: Connection, kind: 'checked' | 'added', number: number) {
    this.#connection = connection;
    this.#kind = kind;
    this.#key = cityKey(FIRST_COUNTER_ID + number, `visits#${kind}`);
  }

  async increment(writer: string): Promise<void> {
    const share = this.#shares.get(writer) ?? { acknowledged: 0, uncertain: 0 };
    this.#shares.set(writer, share);
    await (this.#kind === 'added' ? this.#add(writer, share) : this.#incrementSeen(writer, share));
  }

  ledger(): LedgerCounter {
    return {
      key: this.#key,
      shares: [...this.#shares].map(([writer, share]): CounterShare => ({ attribute: writer, ...share })),
    };
  }

  async #add(writer: string, share: Share): Promise<void> {
    const deed = { writer, operation: 'add', key: itemText(this.#key) };
    const outcome = await this.#update(deed, {
      UpdateExpression: 'ADD visits :one, #share :one',
      ExpressionAttributeNames: { '#share': writer },
      ExpressionAttributeValues: { ':one': { N: '1' } },
    });
    if (outcome.kind !== 'acknowledged') {
      // An error may hide several attempts that all counted.
      share.uncertain += FAILED_ATTEMPTS;
      return;
    }
    share.acknowledged++;
    share.uncertain += outcome.attempts - 1;
    const count = Number(outcome.shown?.content?.[writer]?.N);
    if (count < share.acknowledged)
      this.#connection.books.contradict(deed, `counted to ${count} instead of ${share.acknowledged}`);
  }

  async #incrementSeen(writer: string, share: Share): Promise<void> {
    const { books } = this.#connection;
    const deed = { writer, operation: 'count', key: itemText(this.#key) };
    for (let attempt = 1; attempt <= TRIES && share.uncertain === 0; attempt++) {
      const seen = this.#seen;
      const wanted = share.acknowledged + 1;
      const outcome = await this.#update(deed, {
        UpdateExpression: 'SET visits = :visits, version = :next, #share = :share',
        ConditionExpression: seen ? 'version = :seen' : 'attribute_not_exists(cityId)',
        ExpressionAttributeNames: { '#share': writer },
        ExpressionAttributeValues: {
          ':visits': { N: String(Number(seen?.visits?.N ?? 0) + 1) },
          ':next': { N: String(Number(seen?.version?.N ?? 0) + 1) },
          ':share': { N: String(wanted) },
          ...(seen?.version ? { ':seen': seen.version } : {}),
        },
      });
      if (outcome.kind === 'failed') {
        share.uncertain = 1;
        return;
      }
      this.#seen = outcome.shown?.content;
      if (outcome.kind === 'acknowledged') {
        share.acknowledged = wanted;
        return;
      }
      const count = Number(this.#seen?.[writer]?.N ?? 0);
      if (outcome.attempts > 1 && count === wanted) {
        books.settle();
        share.acknowledged = wanted;
        return;
      }
      if (count === share.acknowledged) books.refused++;
      else books.contradict(deed, `the refusal shows a count of ${count} instead of ${share.acknowledged}`);
    }
  }

  #update(
    deed: Deed,
    input: Pick<
      ConstructorParameters<typeof UpdateItemCommand>[0],
      'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
    >,
  ): Promise<Outcome<Item>> {
    const { client, table, books } = this.#connection;
    const command = new UpdateItemCommand({
      TableName: table,
      Key: this.#key,
      ReturnValues: 'ALL_NEW',
      ...(input.ConditionExpression ? { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } : {}),
      ...input,
    });
    return books.write(deed, () => itemReply(() => client.send(command)));
  }
}
