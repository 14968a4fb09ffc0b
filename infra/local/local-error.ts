/** Something that the person at the terminal can act on: its message is shown as it is, without a stack. */
export class LocalError extends Error {
  override name = 'LocalError';
}
