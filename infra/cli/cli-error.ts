/** Something that the person at the terminal can act on: its message is shown as it is, without a stack. */
export class CliError extends Error {
  override name = 'CliError';
}
