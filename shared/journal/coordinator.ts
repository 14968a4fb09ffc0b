import { FIRST_EPOCH } from '../direction.ts';
import { CutoverGivenUpError, LeaseLostError } from '../errors.ts';
import type { CutoverStep, Phase } from '../phases.ts';
import type { RecordTable } from './table.ts';

/** Who steers a migration: one execution at a time, with a term that only grows. */
export interface CoordinatorRecord {
  readonly term: number;
  /** The execution that holds it. It holds it as long as it runs. */
  readonly execution: string;
  readonly phase: Phase;
  /** Grows with each change of the record, so that a decision made on an older view can be refused. */
  readonly revision: number;
  readonly cutover?: CutoverRecord;
  /** The action of a person that has last raised the revision. */
  readonly action?: string;
}

/** The cutover that is under way, or the last one: what its steps hand on to each other. */
export interface CutoverRecord {
  /** The direction that it ends, if it comes to the switch. */
  readonly epoch: number;
  /** Counts from 1; grows with each announcement. */
  readonly attempt: number;
  /** The last step that is done. The next one needs it: an invocation of an earlier attempt must not jump ahead. */
  readonly done: CutoverStep;
  readonly routeRevision: number;
  readonly gateRevision: number;
  /** Milliseconds since the epoch, by the coordinator's clock. */
  readonly announcedAt: number;
  readonly fencedAt?: number;
  /** After it the cutover gives up, and any router may lift the fence. */
  readonly deadline?: number;
  /** Attempts given up since the last approval. */
  readonly givenUp: number;
  /** Everything but the switch: it was announced as a rehearsal and stays one. */
  readonly rehearsal?: boolean;
}

export interface Approval {
  readonly by: string;
  readonly at: number;
  /** Of a rehearsal, not of the cutover itself. */
  readonly rehearsal?: boolean;
}

/** A person ends the migration with the side that is active now: `complete` at the target, `abort` at the source. */
export interface Ending {
  readonly by: string;
  readonly at: number;
}

/** Who steers, and what a person has said. Approval and ending are each of one direction. */
export class Coordinator {
  readonly #table: RecordTable;
  readonly #migration: string;
  readonly #epoch: number;

  constructor(table: RecordTable, migration: string, epoch: number) {
    this.#table = table;
    this.#migration = migration;
    this.#epoch = epoch;
  }

  read(): Promise<CoordinatorRecord | undefined> {
    return this.#table.get<CoordinatorRecord>(this.#key('coordinator'));
  }

  /**
   * Makes an execution the coordinator, in place of `predecessor`, which the caller knows has ended. An execution
   * that is the coordinator already keeps its term, however often it asks.
   * @returns the record, or undefined when another execution was faster.
   */
  async take(execution: string, predecessor: string | undefined): Promise<CoordinatorRecord | undefined> {
    const taken = await this.#table.update<CoordinatorRecord>(
      this.#key('coordinator'),
      'SET #term = if_not_exists(#term, :zero) + :one, #execution = :execution, #phase = if_not_exists(#phase, :phase), #revision = if_not_exists(#revision, :zero) + :one',
      { zero: 0, one: 1, execution, phase: 'validate' satisfies Phase },
      predecessor === undefined
        ? { expression: 'attribute_not_exists(#execution)' }
        : { expression: '#execution = :predecessor AND #execution <> :execution', values: { predecessor } },
    );
    if (taken) return taken;
    const current = await this.read();
    return current?.execution === execution ? current : undefined;
  }

  /**
   * Notes that a phase has begun.
   * @throws LeaseLostError when another coordinator has taken over.
   */
  async enter(term: number, phase: Phase, now: number): Promise<void> {
    await this.#change(term, 'SET #phase = :phase, #revision = #revision + :one', { phase, one: 1 });
    await this.#table.update(
      this.#key(`phase#${phase}`),
      'SET #startedAt = if_not_exists(#startedAt, :now), #enteredAt = :now',
      { now },
    );
  }

  /** Notes that a phase is over. */
  async leave(term: number, phase: Phase, now: number): Promise<void> {
    await this.assertTerm(term);
    await this.#table.update(this.#key(`phase#${phase}`), 'SET #endedAt = :now', { now });
  }

  /**
   * Raises the revision for an action of a person, so that of two who have seen the same one may act.
   * @param seenRevision the revision that the person has seen. Without it any will do.
   * @returns false when somebody has changed the record since.
   */
  async claim(action: string, seenRevision: number | undefined): Promise<boolean> {
    const claimed = await this.#table.update(
      this.#key('coordinator'),
      'SET #revision = #revision + :one, #action = :action',
      { one: 1, action },
      seenRevision === undefined
        ? { expression: 'attribute_exists(#term)' }
        : { expression: '#revision = :seenRevision', values: { seenRevision } },
    );
    if (claimed) return true;
    // The answer of an earlier attempt may have been lost: then the record carries this action.
    return (await this.read())?.action === action;
  }

  /** @throws LeaseLostError when another coordinator has taken over. */
  async assertTerm(term: number): Promise<CoordinatorRecord> {
    const record = await this.read();
    if (record?.term !== term)
      throw new LeaseLostError(`the migration is coordinated by term ${record?.term}, not ${term} any more`);
    return record;
  }

  /**
   * Writes what the steps of the cutover hand on to each other.
   * @throws LeaseLostError when another coordinator has taken over.
   * @throws CutoverGivenUpError when a later attempt is under way.
   */
  async noteCutover(term: number, cutover: CutoverRecord): Promise<void> {
    const noted = await this.#table.update(
      this.#key('coordinator'),
      'SET #cutover = :cutover, #revision = #revision + :one',
      { cutover, one: 1 },
      {
        expression:
          '#term = :term AND (attribute_not_exists(#cutover) OR (#cutover.#attempt <= :attempt AND #cutover.#epoch <= :epoch))',
        values: { term, attempt: cutover.attempt, epoch: cutover.epoch },
      },
    );
    if (noted) return;
    await this.assertTerm(term);
    throw new CutoverGivenUpError(
      `attempt ${cutover.attempt} of the cutover is over: a later one is under way`,
    );
  }

  async phaseTimes(): Promise<Partial<Record<Phase, PhaseTimes>>> {
    const times: Partial<Record<Phase, PhaseTimes>> = {};
    for await (const { sk, ...record } of this.#table.query<PhaseTimes & { sk: string }>(
      this.#key('').pk,
      'phase#',
    ))
      times[sk.slice('phase#'.length) as Phase] = record;
    return times;
  }

  approval(): Promise<Approval | undefined> {
    return this.#table.get<Approval>(this.#ownKey('approval'));
  }

  /** Approves the cutover; the first approval stands. */
  async approve(approval: Approval): Promise<void> {
    await this.#table.put(
      this.#ownKey('approval'),
      { ...approval },
      { expression: 'attribute_not_exists(#pk)' },
    );
  }

  async withdrawApproval(): Promise<void> {
    await this.#table.delete(this.#ownKey('approval'));
  }

  ending(): Promise<Ending | undefined> {
    return this.#table.get<Ending>(this.#ownKey('ending'));
  }

  /** Asks for the end of the migration; who asks first stands. */
  async end(ending: Ending): Promise<void> {
    await this.#table.put(this.#ownKey('ending'), { ...ending }, { expression: 'attribute_not_exists(#pk)' });
  }

  async #change(term: number, update: string, values: Record<string, unknown>): Promise<void> {
    const changed = await this.#table.update(this.#key('coordinator'), update, values, {
      expression: '#term = :term',
      values: { term },
    });
    if (!changed) throw new LeaseLostError(`another coordinator has taken over from term ${term}`);
  }

  #key(sk: string) {
    return { pk: `migration#${this.#migration}`, sk };
  }

  /** What was said in another direction does not count in this one. */
  #ownKey(sk: string) {
    return this.#key(this.#epoch === FIRST_EPOCH ? sk : `${sk}~${this.#epoch}`);
  }
}

export interface PhaseTimes {
  /** When it first began; milliseconds since the epoch. */
  readonly startedAt: number;
  /** When it last began: later than `startedAt` when the migration was resumed or a cutover given up. */
  readonly enteredAt: number;
  readonly endedAt?: number;
}
