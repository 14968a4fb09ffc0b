import type { Journal } from '../../shared/journal/journal.ts';
import { readStatus, type Status } from '../../shared/status.ts';
import { CliError } from './cli-error.ts';

/**
 * The status of a migration that must be known.
 * @throws CliError when the journal does not know it.
 */
export async function knownStatus(journal: Journal, now: number): Promise<Status> {
  const status = await readStatus(journal, now);
  if (status) return status;
  throw new CliError(
    `the journal knows no migration ${journal.migration}: check the name, --stack and --region (a spec that was refused and a dry run leave nothing in the journal)`,
  );
}
