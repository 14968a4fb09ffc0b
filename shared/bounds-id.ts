import { createHash } from 'node:crypto';

/** By what the bounds of units go: others have another id, so that nobody can mix those of two plans. */
export function boundsId(bounds: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(bounds)).digest('hex').slice(0, 32);
}
