import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { LookUps } from '../../checks.ts';
import type { Finding } from '../../finding.ts';
import type { Monitoring, TimeSpan } from '../../monitoring.ts';
import type { Expiry, ResourceFitness } from '../resource-kind.ts';
import { type Load, loadOf, loadText, shortage } from './capacity.ts';
import type { TableAccount } from './table-account.ts';
import { commonIndexes } from './throughput.ts';
import { setTimeToLive } from './user-commands.ts';

/** Whether tables are fit to take over: their throughput, by the traffic of their sources, and their time to live. */
export class TableFitness implements ResourceFitness {
  readonly #account: TableAccount;
  readonly #monitoring: Monitoring;

  constructor(account: TableAccount, monitoring: Monitoring) {
    this.#account = account;
    this.#monitoring = monitoring;
  }

  async capacity(source: string, target: string, spans: readonly TimeSpan[]): Promise<Finding> {
    const lookUps = new LookUps();
    const loads = await lookUps.ask(`the capacity of ${target}`, async () => {
      const [ours, theirs] = [await this.#account.table(source), await this.#account.table(target)];
      return ours && theirs ? this.#loads(ours, theirs, spans) : [];
    });
    const shortages = loads?.flatMap((load) => shortage(load) ?? []) ?? [];
    if (shortages.length > 0) return { holds: false, detail: shortages.join('. ') };
    const [table] = loads ?? [];
    return { holds: true, detail: table ? loadText(table) : (lookUps.notes[0] ?? 'a table is gone') };
  }

  expiry(target: string): Promise<Expiry> {
    return this.#account.timeToLive(target);
  }

  endExpiry(target: string, attribute: string): string {
    return setTimeToLive(target, attribute, false);
  }

  /** Of the table and of its indexes. */
  async #loads(
    source: TableDescription,
    target: TableDescription,
    spans: readonly TimeSpan[],
  ): Promise<Load[]> {
    const indexes = commonIndexes(source, target);
    const traffic = await this.#monitoring.traffic(source.TableName ?? '', indexes, spans);
    return [undefined, ...indexes].map((index) =>
      loadOf({ source, target, index, traffic: traffic.get(index) ?? {} }),
    );
  }
}
