import type { StreamViewType } from '@aws-sdk/client-dynamodb-streams';
import type { FaultDice } from './faults.ts';
import type { Random } from './random.ts';
import { Shard } from './shard.ts';
import { streamRecord } from './stream-record.ts';
import type { Write } from './table.ts';

const HASHES = 2 ** 32;
const RETENTION_MILLISECONDS = 24 * 3_600_000;
/** So long a shard lives, whether anything is written or not. */
const SHARD_MILLISECONDS = 4 * 3_600_000;

export interface StreamHost {
  readonly now: number;
  readonly dice: FaultDice;
  note(text: string): void;
}

export interface StreamProps {
  readonly tableName: string;
  readonly viewType: StreamViewType;
  readonly arn: string;
  readonly label: string;
  readonly random: Random;
  readonly shards: number;
  /** A record becomes visible to readers within this time, and a new shard is listed. */
  readonly delayMilliseconds: number;
  /** From when on changes are captured, and when the stream says that it is on. */
  readonly capturesFrom: number;
  readonly enabledAt: number;
}

/** The changes of one table, in shards that end and are followed by their children. */
export class Stream {
  readonly tableName: string;
  readonly viewType: StreamViewType;
  readonly arn: string;
  readonly label: string;
  readonly enabledAt: number;
  readonly shards: Shard[] = [];
  disabledAt: number | undefined;
  readonly #host: StreamHost;
  readonly #random: Random;
  readonly #delayMilliseconds: number;
  readonly #capturesFrom: number;
  #events = 0;

  constructor(host: StreamHost, props: StreamProps) {
    this.#host = host;
    this.#random = props.random;
    this.#delayMilliseconds = props.delayMilliseconds;
    this.#capturesFrom = props.capturesFrom;
    this.tableName = props.tableName;
    this.viewType = props.viewType;
    this.arn = props.arn;
    this.label = props.label;
    this.enabledAt = props.enabledAt;
    for (let index = 0; index < props.shards; index++) {
      const [low, high] = [index, index + 1].map((part) => Math.floor((HASHES * part) / props.shards)) as [
        number,
        number,
      ];
      this.#add({ low, high, start: this.#freshStart(), openedAt: props.enabledAt });
    }
  }

  get status(): 'ENABLING' | 'ENABLED' | 'DISABLED' {
    if (this.disabledAt !== undefined) return 'DISABLED';
    return this.#host.now >= this.enabledAt ? 'ENABLED' : 'ENABLING';
  }

  /** A stream that is off is kept for a day, like its records. */
  get isForgotten(): boolean {
    return this.disabledAt !== undefined && this.#host.now >= this.disabledAt + RETENTION_MILLISECONDS;
  }

  append(hash: number, write: Write): void {
    if (this.disabledAt !== undefined || this.#host.now < this.#capturesFrom) return;
    this.#rollOver();
    let shard = this.#shardOf(hash);
    if (this.#host.dice.strikes('shardSplit')) {
      this.split(shard);
      shard = this.#shardOf(hash);
    }
    shard.last += BigInt(this.#random.int(1, 100_000));
    const sequence = String(shard.last);
    const { now, dice } = this.#host;
    const off = dice.strikes('creationSecondOff') ? this.#random.pick([-1, 1]) : 0;
    const previous = shard.records.at(-1)?.visibleAt ?? 0;
    shard.records.push({
      record: streamRecord({
        write,
        eventId: `${this.label}.${++this.#events}`,
        sequence,
        createdSecond: Math.floor(now / 1000) + off,
        viewType: this.viewType,
      }),
      sequence,
      writtenAt: now,
      visibleAt: Math.max(previous, now + this.#random.int(0, this.#delayMilliseconds)),
    });
  }

  /** Ends a shard: its range goes to two children, or to one. */
  split(shard: Shard): void {
    const middle = Math.floor((shard.low + shard.high) / 2);
    const bounds = this.#random.chance(0.5) ? [shard.low, middle, shard.high] : [shard.low, shard.high];
    this.#end(shard, this.#host.now, bounds);
  }

  /** Shards that have lived for long enough are followed by one child each. */
  #rollOver(): void {
    if (this.disabledAt !== undefined) return;
    // Children that are due as well stand behind their parents.
    for (const shard of this.shards) {
      const due = shard.openedAt + SHARD_MILLISECONDS;
      if (shard.closedAt === undefined && this.#host.now >= due)
        this.#end(shard, due, [shard.low, shard.high]);
    }
  }

  #end(shard: Shard, openedAt: number, bounds: readonly number[]): void {
    shard.closedAt = openedAt;
    for (let index = 0; index + 1 < bounds.length; index++) {
      this.#add({
        parent: shard.id,
        low: bounds[index] as number,
        high: bounds[index + 1] as number,
        start: this.#childStart(shard),
        openedAt,
      });
    }
    this.#host.note(`shard ${shard.id} ends; ${bounds.length - 1} follow`);
  }

  disable(): void {
    this.#rollOver();
    this.disabledAt = this.#host.now;
    for (const shard of this.shards) shard.closedAt ??= this.#host.now;
  }

  /** Shards as DescribeStream knows them: neither too young nor wholly trimmed. */
  listed(): Shard[] {
    this.expire();
    const { now } = this.#host;
    if (now < this.enabledAt) return [];
    return this.shards.filter(
      (shard) =>
        now >= shard.listedAt &&
        (shard.closedAt === undefined ||
          shard.records.length > 0 ||
          now < shard.closedAt + RETENTION_MILLISECONDS),
    );
  }

  /** Shards that are old enough end, and records past their retention are gone. */
  expire(): void {
    this.#rollOver();
    const oldest = this.#host.now - RETENTION_MILLISECONDS;
    for (const shard of this.shards) {
      let position = shard.trimmed;
      while ((shard.at(position)?.writtenAt ?? Number.POSITIVE_INFINITY) < oldest) position++;
      shard.trimBefore(position);
    }
  }

  #shardOf(hash: number): Shard {
    return this.shards.find((shard) => shard.takes(hash)) as Shard;
  }

  #add(props: { parent?: string; low: number; high: number; start: bigint; openedAt: number }): void {
    const number = this.shards.length + 1;
    const delay = props.parent === undefined ? 0 : this.#random.int(0, this.#delayMilliseconds);
    const suffix = this.#random.int(0, 0xffff_ffff).toString(16).padStart(8, '0');
    this.shards.push(
      new Shard({
        ...props,
        id: `shardId-${String(props.openedAt).padStart(16, '0')}${String(number).padStart(4, '0')}-${suffix}`,
        listedAt: props.openedAt + delay,
      }),
    );
  }

  /** 21 to 30 digits: there is room to grow up to 40, and the numbers of different shards have nothing in common. */
  #freshStart(): bigint {
    const digits = this.#random.int(20, 29);
    const usual =
      BigInt(this.#random.int(1, 9)) * 10n ** BigInt(digits) + BigInt(this.#random.int(0, 1_000_000_000));
    // Some begin just below a power of ten, so that their numbers gain a digit within the shard.
    const edge = this.#random.fork(`start ${this.shards.length}`);
    return edge.chance(0.3) ? 10n ** BigInt(digits + 1) - BigInt(edge.int(1, 300_000)) : usual;
  }

  /** Above the parent's numbers, now and then with a digit more. */
  #childStart({ last }: Shard): bigint {
    if (this.#host.dice.strikes('sequenceRestart')) return last / 10n;
    const longer = String(last).length < 39 && this.#random.chance(0.2);
    return (longer ? last * 10n : last) + BigInt(this.#random.int(1, 1_000_000));
  }
}
