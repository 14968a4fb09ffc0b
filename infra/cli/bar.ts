const BAR_WIDTH = 24;

/** A bar of fixed width for a share from 0 to 1. */
export function bar(share: number): string {
  const full = Math.floor(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)}`;
}
