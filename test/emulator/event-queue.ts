import { PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import { clientConfig, s3 } from './aws.ts';

const QUEUES = { service: 'sqs', target: 'AmazonSQS' } as const;
const EVENTS = { service: 'events', target: 'AWSEvents' } as const;

/** A queue that EventBridge puts the events of a bucket into. No client of either service is a part of the project. */
export class EventQueue {
  readonly #url: string;

  private constructor(url: string) {
    this.#url = url;
  }

  /** Turns the events of a bucket on. */
  static async of(bucket: string): Promise<EventQueue> {
    const { QueueUrl } = await ask<{ QueueUrl: string }>(QUEUES, 'CreateQueue', { QueueName: bucket });
    const attributes = { QueueUrl, AttributeNames: ['QueueArn'] };
    const { Attributes } = await ask<{ Attributes: { QueueArn: string } }>(
      QUEUES,
      'GetQueueAttributes',
      attributes,
    );
    const EventPattern = JSON.stringify({ source: ['aws.s3'], detail: { bucket: { name: [bucket] } } });
    await ask(EVENTS, 'PutRule', { Name: bucket, EventPattern });
    const Targets = [{ Id: 'queue', Arn: Attributes.QueueArn }];
    await ask(EVENTS, 'PutTargets', { Rule: bucket, Targets });
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: bucket,
        NotificationConfiguration: { EventBridgeConfiguration: {} },
      }),
    );
    return new EventQueue(QueueUrl);
  }

  /** The message of the next event, which is taken out of the queue. @throws Error if none comes */
  async next(): Promise<{ readonly body: string }> {
    const wanted = { QueueUrl: this.#url, MaxNumberOfMessages: 1, WaitTimeSeconds: 20 };
    const { Messages = [] } = await ask<{ Messages?: { Body: string; ReceiptHandle: string }[] }>(
      QUEUES,
      'ReceiveMessage',
      wanted,
    );
    const [message] = Messages;
    if (!message) throw new Error('no event came within 20 s');
    await ask(QUEUES, 'DeleteMessage', { QueueUrl: this.#url, ReceiptHandle: message.ReceiptHandle });
    return { body: message.Body };
  }
}

/** Sends a request. The embedded AWS takes the caller's name from its signature, which it does not check. */
async function ask<T>(
  { service, target }: { readonly service: string; readonly target: string },
  operation: string,
  input: object,
): Promise<T> {
  const { credentials, endpoint, region } = clientConfig;
  const scope = `${credentials.accessKeyId}/20260101/${region}/${service}/aws4_request`;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      Authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`,
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': `${target}.${operation}`,
    },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${operation} was refused: ${text}`);
  return JSON.parse(text || '{}') as T;
}
