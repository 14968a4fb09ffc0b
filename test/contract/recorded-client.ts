import type { DynamoDB } from '../../shared/clients.ts';
import type { Actor } from './judge.ts';

/** A process, and the names of the operations that it asks for, in their order. */
export function recorded(actor: Actor): { readonly actor: Actor; readonly operations: readonly string[] } {
  const operations: string[] = [];
  const send = ((command: { readonly constructor: { readonly name: string } }) => {
    operations.push(command.constructor.name.replace(/Command$/, ''));
    return actor.client.send(command as never);
  }) as unknown as DynamoDB['send'];
  return { actor: { ...actor, client: { send } }, operations };
}
