/** A side of a migration, as the spec names it. It keeps its name, whichever way things go. */
export type Side = 'source' | 'target';

/**
 * An epoch is one direction over one stream: 1 goes forward, 2 is the reverse after the switch, 3 goes forward again
 * after a rollback, and so on. One side is active in it (the application writes it), the other passive.
 */
export const FIRST_EPOCH = 1;

export function activeSide(epoch: number): Side {
  return epoch % 2 === 1 ? 'source' : 'target';
}

export function passiveSide(epoch: number): Side {
  return otherSide(activeSide(epoch));
}

export function otherSide(side: Side): Side {
  return side === 'source' ? 'target' : 'source';
}
