import type { Mapped, ResourceCaptures, SeenStream } from '../resource-kind.ts';
import type { TableAccount } from './table-account.ts';

const VIEW_TYPE = 'NEW_AND_OLD_IMAGES';

/** The changes of tables: from their DynamoDB stream, by an event source mapping. */
export class TableCaptures implements ResourceCaptures {
  readonly hintsOnly = false;
  readonly #account: TableAccount;
  readonly #applier: string;

  /** @param applier ARN of the function that changes are given to. */
  constructor(account: TableAccount, applier: string) {
    this.#account = account;
    this.#applier = applier;
  }

  async stream(name: string): Promise<SeenStream> {
    const table = await this.#account.table(name);
    const { StreamEnabled, StreamViewType } = table?.StreamSpecification ?? {};
    const on = StreamEnabled === true;
    return {
      on,
      stream: table?.LatestStreamArn,
      settled: table?.TableStatus === 'ACTIVE',
      ...(on && StreamViewType !== VIEW_TYPE ? { problem: `has the view type ${StreamViewType}` } : {}),
    };
  }

  enable(name: string): Promise<void> {
    return this.#account.enableStream(name);
  }

  disable(name: string): Promise<void> {
    return this.#account.disableStream(name);
  }

  /** One that was off before, which nobody but the migrator has enabled. */
  async isShared(): Promise<boolean> {
    return false;
  }

  async map(stream: string): Promise<string> {
    const [mapped] = await this.#mappings(stream);
    return mapped ?? (await this.#account.createMapping(stream, this.#applier)).id;
  }

  mappingState(id: string): Promise<string | undefined> {
    return this.#account.mappingState(id);
  }

  async unmap({ stream, mapping }: Mapped): Promise<boolean> {
    // Also one that was made by somebody who died before he could note it.
    const ids = stream === undefined ? [] : await this.#mappings(stream);
    let gone = true;
    for (const id of new Set(mapping === undefined ? ids : [mapping, ...ids])) {
      const state = await this.mappingState(id);
      if (state === undefined) continue;
      gone = false;
      if (state !== 'Deleting') await this.#account.deleteMapping(id);
    }
    return gone;
  }

  /** Those to the migrator's own function, by their ids. */
  async #mappings(stream: string): Promise<string[]> {
    const mappings = await this.#account.mappings(stream);
    return mappings.filter(({ functionArn }) => functionArn === this.#applier).map(({ id }) => id);
  }
}
