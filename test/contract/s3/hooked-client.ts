import type { S3 } from '../../../shared/clients.ts';

type Send = (command: { readonly constructor: { readonly name: string } }) => Promise<object>;

/** What happens beside a request. An error that it throws is what the caller gets instead of the answer. */
type Hook = () => Promise<unknown> | never;

export interface Hooks {
  /** By the name of the operation and the number of its request, from 1: `UploadPartCopy 2`. */
  readonly before?: Readonly<Record<string, Hook>>;
  /** Once the request has had its effect. */
  readonly after?: Readonly<Record<string, Hook>>;
}

/** A client beside whose requests something happens, and the names of the operations that were asked for, in order. */
export function hooked(client: S3, { before, after }: Hooks = {}) {
  const operations: string[] = [];
  const send: Send = async (command) => {
    const operation = command.constructor.name.replace(/Command$/, '');
    operations.push(operation);
    const request = `${operation} ${operations.filter((name) => name === operation).length}`;
    await before?.[request]?.();
    const answer = await (client.send as unknown as Send)(command);
    await after?.[request]?.();
    return answer;
  };
  return { client: { send: send as unknown as S3['send'] }, operations };
}

/** The connection breaks: nobody knows whether the request has had its effect. */
export const connectionBroken: Hook = () => {
  throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
};
