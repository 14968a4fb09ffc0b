import { BatchGetItemCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { backoffMilliseconds } from '../backoff.ts';
import type { DynamoDB } from '../clients.ts';
import type { Runtime } from '../runtime.ts';
import { type Throttling, throttlingOf } from './throttling.ts';

/** What a store asks before it uses capacity of its table, and whom it tells that it was throttled. */
export interface Meter {
  /** Waits until so many capacity units may be used. */
  spend(kind: 'read' | 'write', units: number): Promise<void>;
  /** More units were used than asked for, or fewer: below zero they are given back. */
  correct(kind: 'read' | 'write', units: number): void;
  /** Items that a page may hold, so that it takes seconds at the pace that stands; undefined: as many as come. */
  pageItems(last: PageSize | undefined): Promise<number | undefined>;
  /** A request was throttled and is about to be tried again. */
  throttled(throttling: Throttling): Promise<void>;
}

/** What a page held: the next one is measured by it. */
export interface PageSize {
  readonly items: number;
  readonly bytes: number;
}

/** About two minutes of throttling, by the backoff. */
const ATTEMPTS = 50;

/** Sends requests again that were throttled, and tells a meter of each: what slows down is decided by their reason. */
export function meteredClient(client: DynamoDB, runtime: Runtime, meter: Meter): DynamoDB {
  const send = async (...args: Parameters<DynamoDBClient['send']>) => {
    const [command] = args as readonly unknown[];
    const reads = command instanceof ScanCommand || command instanceof BatchGetItemCommand;
    for (let attempt = 1; ; attempt++) {
      try {
        return await (client.send as (...same: typeof args) => Promise<unknown>)(...args);
      } catch (error) {
        const throttling = throttlingOf(error, reads ? 'read' : 'write');
        if (!throttling || attempt >= ATTEMPTS) throw error;
        await meter.throttled(throttling);
        await runtime.sleep(backoffMilliseconds(runtime, attempt));
      }
    }
  };
  return { send: send as unknown as DynamoDB['send'] };
}
