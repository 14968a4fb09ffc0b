/** Ids of the requests of the last write of each key, until somebody asks. */
export class AnsweredRequests {
  readonly #ids = new Map<string, readonly string[]>();

  /** @returns what takes the ids of a write that begins. */
  begin(key: string): string[] {
    const ids: string[] = [];
    this.#ids.set(key, ids);
    return ids;
  }

  take(key: string): readonly string[] {
    const ids = this.#ids.get(key) ?? [];
    this.#ids.delete(key);
    return ids;
  }
}
