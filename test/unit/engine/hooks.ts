import type { Resource } from '../../../shared/engine/migration.ts';
import type { Store } from '../../../shared/stores/store.ts';

type Call = 'read' | 'write' | 'scan' | 'insertAbsent';

/** A store before one of whose calls something happens, the first time or every time. */
function before(store: Store, call: Call, happens: (count: number) => Promise<unknown> | unknown): Store {
  let count = 0;
  const original = store[call] as (...args: never[]) => Promise<unknown>;
  return {
    ...store,
    [call]: async (...args: never[]) => {
      await happens(++count);
      return original(...args);
    },
  };
}

/** A resource whose source or target is hooked. */
export function hooked(
  resource: Resource,
  side: 'source' | 'target',
  call: Call,
  happens: (count: number) => Promise<unknown> | unknown,
): Resource {
  return { ...resource, [side]: before(resource[side], call, happens) };
}
