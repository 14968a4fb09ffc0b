import { FIRST_EPOCH } from '../direction.ts';
import { CutoverGivenUpError, DirectionClosedError, PermanentError } from '../errors.ts';
import { inParallel } from '../parallel.ts';
import type { Runtime } from '../runtime.ts';
import { assignments, type RecordTable, type TransactUpdate } from './table.ts';

/** The state of a direction: whether its passive side may be written, and the floor below which records are spent. */
export interface Gate {
  readonly open: boolean;
  /** The migration ends with this direction: nobody opens it again, and none follows it. */
  readonly sealed: boolean;
  readonly epoch: number;
  /** The second of the announcement that led to this direction: of earlier records nobody's is but the migrator's. */
  readonly since: number;
  /** A creation second up to which every record is applied; a record at or below it is never applied from its image. */
  readonly floor: number;
  /** Grows with each opening and closing. */
  readonly revision: number;
}

/** What the gate is after a switch. */
export type NextDirection = Pick<Gate, 'open' | 'sealed' | 'floor' | 'since'>;

export type PermitKind = 'apply' | 'copy' | 'repair' | 'recheck';

export interface Permit {
  readonly id: string;
  readonly epoch: number;
  readonly floor: number;
  readonly since: number;
  /** Milliseconds since the epoch: after it nothing may be written under this permit. */
  readonly expiresAt: number;
}

interface PermitRecord {
  readonly sk: string;
  readonly kind: PermitKind;
  readonly expiresAt: number;
}

/** A version has two digits for it. */
const LAST_EPOCH = 99;
/** Spread of the permits, so that their writes meet no hot partition. */
const PERMIT_SHARDS = 4;
/** What a request sent at the last moment of an invocation may still take, and clocks may differ. */
const PERMIT_GRACE_MILLISECONDS = 5_000;
/** Between two looks at the permits: short at first, for a write pause may wait; in proportion to the wait later. */
const FIRST_PAUSE_MILLISECONDS = 20;
const LONGEST_PAUSE_MILLISECONDS = 250;
const PAUSE_GROWTH = 1.25;

/**
 * The gate of a direction and its permits, as an invocation sees it that was made for one epoch: once another epoch has
 * begun, it is refused. A permit is written first and the gate read after it; the closer writes
 * the gate first and reads the permits after it. So one of the two always sees the other, and a direction is closed
 * when the gate is shut and no permit is out.
 */
export class DirectionGate {
  readonly #table: RecordTable;
  readonly #migration: string;
  readonly #runtime: Runtime;
  readonly #epoch: number;

  constructor(table: RecordTable, migration: string, runtime: Runtime, epoch: number) {
    this.#table = table;
    this.#migration = migration;
    this.#runtime = runtime;
    this.#epoch = epoch;
  }

  /** The gate as it stands. Before anything is captured it is shut, and of the first direction. */
  async read(): Promise<Gate> {
    return (
      (await this.#table.get<Gate>(this.#key)) ?? {
        open: false,
        sealed: false,
        epoch: FIRST_EPOCH,
        floor: 0,
        since: 0,
        revision: 0,
      }
    );
  }

  /** Whether this direction is over: another one has begun, or none follows it. */
  async isOver(): Promise<boolean> {
    return this.#over(await this.read());
  }

  /** Opens the first direction. */
  create(): Promise<void> {
    return this.#create({ open: true, sealed: false });
  }

  async #create(state: Pick<Gate, 'open' | 'sealed'>): Promise<void> {
    await this.#table.put(
      this.#key,
      { ...state, epoch: FIRST_EPOCH, floor: 0, since: 0, revision: 1 },
      { expression: 'attribute_not_exists(#pk)' },
    );
  }

  /**
   * Opens or shuts the gate, if it is at the revision that the caller has seen and not sealed.
   * @returns the new revision.
   * @throws CutoverGivenUpError when somebody else has moved it.
   */
  move(open: boolean, revision: number): Promise<number> {
    return this.#move({ open }, revision);
  }

  /**
   * Shuts the gate for good: the migration ends with this direction, even if it has not begun.
   * @throws CutoverGivenUpError when somebody else has moved it.
   */
  async seal(revision: number): Promise<void> {
    if (revision === 0) {
      await this.#create({ open: false, sealed: true });
      if ((await this.read()).sealed) return;
    }
    await this.#move({ open: false, sealed: true }, revision);
  }

  /**
   * The part of the switch that begins the next direction: it needs this one's gate shut, and as the caller left it.
   */
  next(revision: number, next: NextDirection): TransactUpdate {
    if (this.#epoch >= LAST_EPOCH)
      throw new CutoverGivenUpError(
        `the route was switched ${this.#epoch - 1} times: more can't be told apart`,
      );
    const values = { ...next, epoch: this.#epoch + 1, revision: revision + 1 };
    return this.#table.updateOf(this.#key, `SET ${assignments(values)}`, values, {
      expression: '#open = :no AND #sealed = :no AND #revision = :seen AND #epoch = :over',
      values: { no: false, seen: revision, over: this.#epoch },
    });
  }

  async #move(to: Partial<Gate>, revision: number): Promise<number> {
    const writer = this.#runtime.id();
    const values = { ...to, revision: revision + 1, writer };
    const moved = await this.#table.update<Gate>(this.#key, `SET ${assignments(values)}`, values, {
      expression: '#revision = :seen AND #sealed = :no AND #epoch = :own',
      values: { seen: revision, no: false, own: this.#epoch },
    });
    if (moved) return revision + 1;
    // The answer of an earlier attempt may have been lost: then the record carries this writer.
    const current = await this.#table.get<Gate & { writer?: string }>(this.#key);
    if (current?.writer === writer && current.revision === revision + 1) return revision + 1;
    throw new CutoverGivenUpError(
      `the direction's gate was moved by another coordinator (revision ${current?.revision}, expected ${revision})`,
    );
  }

  /** Publishes a floor. It never goes back: a lower one changes nothing. */
  async publishFloor(second: number): Promise<void> {
    await this.#table.update(
      this.#key,
      'SET #floor = :second',
      { second },
      { expression: '#floor < :second AND #epoch = :epoch', values: { epoch: this.#epoch } },
    );
  }

  /**
   * Takes a permit to write the passive side.
   * @param recheckOf the gate's revision, for the final recheck alone, which writes while the gate is shut.
   * @throws DirectionClosedError when the gate does not allow it.
   */
  async take(kind: PermitKind, expiresAt: number, recheckOf?: number): Promise<Permit> {
    const id = this.#runtime.id();
    await this.#table.put(this.#permitKey(id), { kind, expiresAt });
    const gate = await this.read();
    const allowed = recheckOf === undefined ? gate.open : !gate.open && gate.revision === recheckOf;
    const { epoch, floor, since } = gate;
    if (allowed && !this.#over(gate)) return { id, epoch, floor, since, expiresAt };
    await this.give({ id }, true);
    throw new DirectionClosedError(`the direction is closed (gate revision ${gate.revision})`);
  }

  /**
   * Gives a permit back. While the outcome of a request sent under it is not known, the permit still counts for as
   * long as such a request can take effect.
   */
  async give({ id }: Pick<Permit, 'id'>, outcomesKnown: boolean): Promise<void> {
    const key = this.#permitKey(id);
    if (outcomesKnown) await this.#table.delete(key);
    else
      await this.#table.update(
        key,
        'SET #expiresAt = :now',
        { now: this.#runtime.now() },
        { expression: 'attribute_exists(#pk)' },
      );
  }

  /** The permits that are out, by id. One whose time is over counts no more and is removed. */
  async permitsOut(): Promise<Map<string, PermitKind>> {
    const out = new Map<string, PermitKind>();
    const shards = Array.from({ length: PERMIT_SHARDS }, (_, shard) => shard);
    await inParallel(shards, PERMIT_SHARDS, async (shard) => {
      for await (const { sk, kind, expiresAt } of this.#table.query<PermitRecord>(
        this.#permitPartition(shard),
      )) {
        if (expiresAt + PERMIT_GRACE_MILLISECONDS < this.#runtime.now()) await this.give({ id: sk }, true);
        else out.set(sk, kind);
      }
    });
    return out;
  }

  /**
   * Waits until permits have been given back: those named, or all.
   * @returns false when the time is over first.
   */
  async waitForPermits(until: number, named?: Pick<ReadonlySet<string>, 'has'>): Promise<boolean> {
    for (
      let pause = FIRST_PAUSE_MILLISECONDS;
      ;
      pause = Math.min(pause * PAUSE_GROWTH, LONGEST_PAUSE_MILLISECONDS)
    ) {
      const out = await this.permitsOut();
      if (![...out.keys()].some((id) => !named || named.has(id))) return true;
      if (this.#runtime.now() >= until) return false;
      await this.#runtime.sleep(Math.round(pause));
    }
  }

  /**
   * The same within a cutover.
   * @throws CutoverGivenUpError when the time is over first.
   */
  async assertPermitsBack(until: number, named?: Pick<ReadonlySet<string>, 'has'>): Promise<void> {
    if (!(await this.waitForPermits(until, named)))
      throw new CutoverGivenUpError('an invocation that may write the target did not end in time');
  }

  #over({ sealed, epoch }: Gate): boolean {
    return sealed || epoch !== this.#epoch;
  }

  get #key() {
    return { pk: `gate#${this.#migration}`, sk: 'gate' };
  }

  #permitKey(id: string) {
    const shard = [...id].reduce((sum, character) => sum + character.charCodeAt(0), 0) % PERMIT_SHARDS;
    return { pk: this.#permitPartition(shard), sk: id };
  }

  #permitPartition(shard: number): string {
    return `permit#${this.#migration}#${shard}`;
  }
}

/** Stops a worker that has outlived its permit before it writes any more. */
export function assertPermitted(permit: Permit, now: number): void {
  if (now >= permit.expiresAt)
    throw new PermanentError('the permit is over: nothing may be written under it any more');
}
