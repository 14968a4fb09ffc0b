import { dynamoDBClient } from '../shared/clients.ts';
import { environment } from '../shared/environment.ts';
import { Journal } from '../shared/journal/journal.ts';
import { RouteTable } from '../shared/route.ts';
import { systemRuntime } from '../shared/runtime.ts';

/** Made once for each environment of a function and kept between invocations. */
const dynamodb = dynamoDBClient();

export function openJournal(name: string): Journal {
  return new Journal(dynamodb, environment('JOURNAL_TABLE'), name, systemRuntime);
}

export function openRoute(name: string): RouteTable {
  return new RouteTable(dynamodb, environment('ROUTE_TABLE'), name, systemRuntime);
}
