import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

export interface JournalProps {
  readonly encryptionKey?: IKey | undefined;
}

/**
 * What a migration remembers (the journal) and where the applications' requests go (the route). Both outlive the
 * stack: without its journal a migration can't be resumed, and without its route an application's router refuses.
 */
export class Journal extends Construct {
  readonly journalTable: Table;
  readonly routeTable: Table;

  constructor(scope: Construct, id: string, { encryptionKey }: JournalProps) {
    super(scope, id);
    const durable = {
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...(encryptionKey && { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }),
    } satisfies Partial<TableProps>;
    this.journalTable = new Table(this, 'Table', {
      ...durable,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      // What tells the migrator's own writes by their events, which come within days; nothing else has such an attribute.
      timeToLiveAttribute: 'forgottenAt',
    });
    this.routeTable = new Table(this, 'Route', {
      ...durable,
      partitionKey: { name: 'name', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      // Reports of routers that are gone; a route itself carries no such attribute.
      timeToLiveAttribute: 'expiresAt',
    });
  }
}
