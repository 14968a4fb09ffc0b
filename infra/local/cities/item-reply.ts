import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { Reply } from '../bookkeeping.ts';
import type { Item } from './item-text.ts';

/** What the SDK says of a write of an item: the image that was asked for, and how many attempts it took. */
export interface Answer {
  readonly Attributes?: Item | undefined;
  readonly $metadata: { readonly attempts?: number | undefined };
}

/** Sends a write of an item. @throws whatever is thrown but a refused condition. */
export async function itemReply(send: () => Promise<Answer>): Promise<Reply<Item>> {
  try {
    const { Attributes, $metadata } = await send();
    return { kind: 'acknowledged', attempts: $metadata.attempts ?? 1, shown: { content: Attributes } };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { kind: 'refused', attempts: error.$metadata.attempts ?? 1, shown: { content: error.Item } };
  }
}
