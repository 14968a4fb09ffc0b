import type { Side } from '../direction.ts';
import type { RecordKey, RecordTable } from './table.ts';

/** Whom a Deny of the migration keeps from writing: those who are no router, or everybody; `nobody`: none stands. */
export type Denied = 'nobody' | 'others' | 'everybody';

/** What stands in a resource's policy, as far as the migration knows. */
export interface StandingPolicy {
  readonly denied: Denied;
  /** The policy without the statement; absent where there is none. */
  readonly before?: string | undefined;
  /** The policy with it; the same as `before` where none stands. */
  readonly document?: string | undefined;
}

/** Somebody else has changed the policy. */
export interface PolicyDifference {
  readonly at: number;
  /** In words, statement by statement. */
  readonly difference: readonly string[];
}

/** The policy of one side of a resource, as the migration has left it and as it has seen it last. */
export interface PolicyState extends StandingPolicy {
  /** Name of the resource's side. */
  readonly table: string;
  /** The policy's revision. */
  readonly revision: string;
  /** When the migration has last changed it; milliseconds since the epoch. */
  readonly since: number;
  /** When it was last read and found so, and under which term. */
  readonly seenAt: number;
  readonly seenInTerm: number;
  /** A change that was sent, and whose outcome is not known. */
  readonly sent?: StandingPolicy | undefined;
  /** What somebody else has changed, and nobody has accepted yet; `from` is what stood there before. */
  readonly changed?: (PolicyDifference & { readonly from?: string | undefined }) | undefined;
  /** What others have changed, for the report: the latest of it. */
  readonly history: readonly PolicyDifference[];
  /** Why the policy can't be what it should be. */
  readonly problem?: string | undefined;
}

/** The same with who works on it now: nobody else does, until the time is over. */
interface PolicyRecord extends PolicyHold {
  readonly state?: PolicyState;
  /** How often the state was noted: a request that comes late must not bring an earlier one back. */
  readonly notes?: number;
}

interface PolicyHold {
  readonly holder?: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number;
}

/** Who wants to hold a record, and how long. Times are milliseconds since the epoch. */
interface WantedHold {
  readonly holder: string;
  readonly now: number;
  readonly expiresAt: number;
}

/** What its holder finds. */
export type HeldPolicy = Pick<PolicyRecord, 'state' | 'notes'>;

/** Which side of which resource. */
export interface PolicyOwner {
  readonly resource: number;
  readonly side: Side;
}

/**
 * What the migration knows of resource policies. One invocation at a time changes a policy: it holds the
 * record until every request that it has sent has taken effect or never will, so that none comes late.
 */
export class Policies {
  readonly #table: RecordTable;
  readonly #migration: string;

  constructor(table: RecordTable, migration: string) {
    this.#table = table;
    this.#migration = migration;
  }

  /** Undefined where the migration has never looked. `busyUntil`: somebody may still change it, until then. */
  async read(owner: PolicyOwner): Promise<{ readonly state?: PolicyState; readonly busyUntil: number }> {
    const { state, expiresAt = 0 } = (await this.#table.get<PolicyRecord>(this.#key(owner))) ?? {};
    return { ...(state ? { state } : {}), busyUntil: expiresAt };
  }

  /** Every policy that the migration has looked at. */
  async all(): Promise<PolicyState[]> {
    const records = await Array.fromAsync(
      this.#table.query<PolicyRecord>(`migration#${this.#migration}`, 'policy#'),
    );
    return records.flatMap(({ state }) => state ?? []);
  }

  /** @returns the record, or undefined while somebody else holds it. */
  take(owner: PolicyOwner, wanted: WantedHold): Promise<HeldPolicy | undefined> {
    return this.#take(this.#key(owner), wanted);
  }

  /**
   * The same of a policy itself, whichever migration's: where it can't be told that somebody else has changed it
   * meanwhile, none but the holder may.
   * @param arn of what has the policy.
   * @returns whether the caller holds it.
   */
  async takeWhole(arn: string, wanted: WantedHold): Promise<boolean> {
    return (await this.#take(wholeKey(arn), wanted)) !== undefined;
  }

  #take(key: RecordKey, { holder, now, expiresAt }: WantedHold): Promise<PolicyRecord | undefined> {
    return this.#table.update<PolicyRecord>(
      key,
      'SET #holder = :holder, #expiresAt = :expiresAt',
      { holder, expiresAt },
      {
        expression: 'attribute_not_exists(#expiresAt) OR #expiresAt < :now OR #holder = :holder',
        values: { now },
      },
    );
  }

  /**
   * Notes what is known.
   * @param notes how often it was noted before.
   * @returns false when the caller does not hold the record any more.
   */
  async note(owner: PolicyOwner, holder: string, state: PolicyState, notes: number): Promise<boolean> {
    const noted = await this.#table.update(
      this.#key(owner),
      'SET #state = :state, #notes = :next',
      { state, next: notes + 1 },
      notes === 0
        ? { expression: '#holder = :holder AND attribute_not_exists(#notes)', values: { holder } }
        : { expression: '#holder = :holder AND #notes = :notes', values: { holder, notes } },
    );
    if (noted) return true;
    // The answer of an earlier attempt may have been lost: nobody else notes anything meanwhile.
    const found = await this.#table.get<PolicyRecord>(this.#key(owner));
    return found?.holder === holder && found.notes === notes + 1;
  }

  /** Lets go of the record, at once or at a later time. */
  give(owner: PolicyOwner, holder: string, expiresAt = 0): Promise<void> {
    return this.#give(this.#key(owner), holder, expiresAt);
  }

  giveWhole(arn: string, holder: string, expiresAt: number): Promise<void> {
    return this.#give(wholeKey(arn), holder, expiresAt);
  }

  async #give(key: RecordKey, holder: string, expiresAt: number): Promise<void> {
    await this.#table.update(
      key,
      'SET #expiresAt = :expiresAt',
      { expiresAt },
      { expression: '#holder = :holder', values: { holder } },
    );
  }

  #key({ resource, side }: PolicyOwner) {
    return { pk: `migration#${this.#migration}`, sk: `policy#${resource}#${side}` };
  }
}

function wholeKey(arn: string): RecordKey {
  return { pk: `policy#${arn}`, sk: 'hold' };
}
