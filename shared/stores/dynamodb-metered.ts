import { BatchGetItemCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDB } from '../clients.ts';
import { throttlingOf } from './dynamodb-throttling.ts';
import type { Meter } from './meter.ts';
import { sendUnthrottled } from './unthrottled.ts';

/** Sends requests again that were throttled. Who sends them has asked for their units, which differ by their items. */
export function meteredDynamoDB(client: DynamoDB, meter: Meter): DynamoDB {
  const send = (...args: Parameters<DynamoDBClient['send']>) => {
    const [command] = args as readonly unknown[];
    const reads = command instanceof ScanCommand || command instanceof BatchGetItemCommand;
    return sendUnthrottled(
      meter,
      () => (client.send as (...same: typeof args) => Promise<unknown>)(...args),
      (error) => throttlingOf(error, reads ? 'read' : 'write'),
    );
  };
  return { send: send as unknown as DynamoDB['send'] };
}
