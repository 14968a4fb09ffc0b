import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { Bookkeeping, type Outcome } from '../../../infra/local/bookkeeping.ts';
import { Claims } from '../../../infra/local/cities/claims.ts';
import { contentDigest, type Item, itemText } from '../../../infra/local/cities/item-text.ts';
import { SharedCounter } from '../../../infra/local/cities/shared-counter.ts';
import { OwnRecord } from '../../../infra/local/own-record.ts';

const key: Item = { cityId: { N: '1' }, record: { S: 'city' } };
const before: Item = { ...key, name: { S: 'before' } };
const after: Item = { ...key, name: { S: 'after' } };
const text = itemText(key);
const deed = { writer: 'w1', operation: 'put', key: text };
const digestOf = (...contents: readonly (Item | undefined)[]) => contents.map(contentDigest);

const acknowledged = (attempts: number, content: Item | undefined = before): Outcome<Item> => ({
  kind: 'acknowledged',
  attempts,
  shown: { content },
});
const refused = (attempts: number, content: Item | undefined): Outcome<Item> => ({
  kind: 'refused',
  attempts,
  shown: { content },
});
const recordOf = () => new OwnRecord({ key, text, content: before, digest: contentDigest });

function written(outcome: Outcome<Item>, { guarded = false } = {}) {
  const books = new Bookkeeping();
  const record = recordOf();
  record.apply(books, outcome, { deed, after, guarded });
  return { books, record, expected: record.ledger().expected };
}

describe('a record of one writer', () => {
  it('holds what was acknowledged', () => {
    const { record, books, expected } = written(acknowledged(1));
    expect(expected).toEqual(digestOf(after));
    expect(record.writable).toBe(true);
    expect(books.contradictions).toEqual([]);
  });

  it('is left alone after a repeated write, whose first attempt may still come', () => {
    expect(written(acknowledged(2)).record.writable).toBe(false);
    expect(written(acknowledged(2), { guarded: true }).record.writable).toBe(true);
  });

  it('counts a refused write as acknowledged when its first attempt was the cause', () => {
    const { books, expected } = written(refused(2, after), { guarded: true });
    expect(expected).toEqual(digestOf(after));
    expect(books).toMatchObject({ acknowledged: 1, settledByReading: 1, contradictions: [] });
  });

  it('takes a refusal of a condition that holds for a contradiction', () => {
    for (const outcome of [refused(1, after), refused(1, undefined), refused(2, before)]) {
      const { books, record } = written(outcome);
      expect(books.contradictions).toHaveLength(1);
      expect(record.writable).toBe(false);
    }
  });

  it('may hold either content after a failed write', () => {
    const { expected, record } = written({ kind: 'failed' });
    expect(expected).toEqual(digestOf(before, after));
    expect(record.writable).toBe(false);
  });

  it('takes an old image that it does not know for a contradiction', () => {
    for (const item of [undefined, { ...before, name: { S: 'never' } }]) {
      const outcome: Outcome<Item> = { kind: 'acknowledged', attempts: 1, shown: { content: item } };
      expect(written(outcome).books.contradictions).toHaveLength(1);
    }
  });

  it('notices a creation that took effect where something stood', () => {
    const books = new Bookkeeping();
    const record = recordOf();
    const change = { deed, after, guarded: false };
    record.applyRefusal(books, refused(1, before), change);
    expect(books).toMatchObject({ refused: 1, twice: [], contradictions: [] });
    record.applyRefusal(books, acknowledged(1), change);
    expect(books.twice).toHaveLength(1);
  });
});

/** A client that gives these answers, one after the other. */
function scripted(...answers: (Item | Error | { readonly Attributes?: Item; readonly attempts: number })[]) {
  const client = {
    send: async () => {
      const answer = answers.shift();
      if (answer === undefined || answer instanceof Error) throw answer;
      return { Attributes: answer.Attributes, $metadata: { attempts: answer.attempts } };
    },
  } as unknown as DynamoDBClient;
  return { client, table: 'table', books: new Bookkeeping() };
}

function refusal(attempts: number, Item?: Item): Error {
  return new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: { attempts },
    ...(Item ? { Item } : {}),
  });
}

const counter = (counts: Record<string, number>): Item =>
  Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, { N: String(value) }]));

describe('a shared counter', () => {
  it('tries again when another writer was faster', async () => {
    const connection = scripted(refusal(1, counter({ visits: 1, version: 1, w2: 1 })), {
      attempts: 1,
      Attributes: counter({ visits: 2, version: 2, w1: 1, w2: 1 }),
    });
    const shared = new SharedCounter(connection, 'checked', 0);
    await shared.increment('w1');
    expect(shared.ledger().shares).toEqual([{ attribute: 'w1', acknowledged: 1, uncertain: 0 }]);
    expect(connection.books).toMatchObject({ refused: 1, contradictions: [] });
  });

  it('counts once when the refusal came from its own first attempt', async () => {
    const connection = scripted(refusal(2, counter({ visits: 1, version: 1, w1: 1 })));
    const shared = new SharedCounter(connection, 'checked', 0);
    await shared.increment('w1');
    expect(shared.ledger().shares).toEqual([{ attribute: 'w1', acknowledged: 1, uncertain: 0 }]);
    expect(connection.books.settledByReading).toBe(1);
  });

  it('notices that its share went back', async () => {
    const connection = scripted(
      { attempts: 1, Attributes: counter({ visits: 1, version: 1, w1: 1 }) },
      refusal(1, counter({ visits: 0, version: 7 })),
      { attempts: 1, Attributes: counter({ visits: 1, version: 8, w1: 2 }) },
    );
    const shared = new SharedCounter(connection, 'checked', 0);
    await shared.increment('w1');
    await shared.increment('w1');
    expect(connection.books.contradictions).toHaveLength(1);
  });

  it('does not know of an ADD that was repeated how often it counted', async () => {
    const connection = scripted(
      { attempts: 3, Attributes: counter({ visits: 2, w1: 2 }) },
      new Error('no answer'),
    );
    const shared = new SharedCounter(connection, 'added', 0);
    await shared.increment('w1');
    await shared.increment('w1');
    const [share] = shared.ledger().shares;
    expect(share?.acknowledged).toBe(1);
    expect(share?.uncertain).toBeGreaterThan(2);
    expect(connection.books.failures).toHaveLength(1);
  });
});

describe('a claim', () => {
  it('is held by the one whose creation was acknowledged', async () => {
    const connection = scripted({ attempts: 1 }, refusal(1, { holder: { S: 'w1' } }));
    const claims = new Claims(connection);
    await claims.race('w1');
    await claims.race('w2');
    expect(claims.ledger()).toMatchObject([{ winners: [{ holder: { S: 'w1' } }], uncertain: [] }]);
    expect(connection.books).toMatchObject({ acknowledged: 1, refused: 1, contradictions: [] });
  });

  it('that is refused although nobody holds it contradicts', async () => {
    const connection = scripted(refusal(1));
    await new Claims(connection).race('w1');
    expect(connection.books.contradictions).toHaveLength(1);
  });
});
