import type { _Record, StreamViewType } from '@aws-sdk/client-dynamodb-streams';
import type { Item } from '../../../shared/model.ts';
import type { FaultDice } from './faults.ts';
import type { Random } from './random.ts';
import { Shard } from './shard.ts';
import type { Write } from './table.ts';
import { itemBytes } from './values.ts';

const HASHES = 2 ** 32;
const RETENTION_MILLISECONDS = 24 * 3_600_000;
const REGION = 'us-east-1';

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
      this.#add({ low, high, start: this.#freshStart() });
    }
  }

  get status(): 'ENABLING' | 'ENABLED' | 'DISABLED' {
    if (this.disabledAt !== undefined) return 'DISABLED';
    return this.#host.now >= this.enabledAt ? 'ENABLED' : 'ENABLING';
  }

  append(hash: number, write: Write): void {
    if (this.disabledAt !== undefined || this.#host.now < this.#capturesFrom) return;
    let shard = this.#shardOf(hash);
    if (this.#host.dice.strikes('shardSplit')) {
      this.split(shard);
      shard = this.#shardOf(hash);
    }
    shard.last += BigInt(this.#random.int(1, 100_000));
    const sequence = String(shard.last);
    const { now } = this.#host;
    const previous = shard.records.at(-1)?.visibleAt ?? 0;
    shard.records.push({
      record: this.#record(write, sequence),
      sequence,
      writtenAt: now,
      visibleAt: Math.max(previous, now + this.#random.int(0, this.#delayMilliseconds)),
    });
  }

  /** Ends a shard: its range goes to two children, or to one, which is how a shard rolls over after hours. */
  split(shard: Shard): void {
    shard.closedAt = this.#host.now;
    const middle = Math.floor((shard.low + shard.high) / 2);
    const bounds = this.#random.chance(0.5) ? [shard.low, middle, shard.high] : [shard.low, shard.high];
    for (let index = 0; index + 1 < bounds.length; index++) {
      this.#add({
        parent: shard.id,
        low: bounds[index] as number,
        high: bounds[index + 1] as number,
        start: this.#childStart(shard),
      });
    }
    this.#host.note(`shard ${shard.id} ends; ${bounds.length - 1} follow`);
  }

  disable(): void {
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

  /** Records past their retention are gone. */
  expire(): void {
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

  #add(props: { parent?: string; low: number; high: number; start: bigint }): void {
    const number = this.shards.length + 1;
    const delay = props.parent === undefined ? 0 : this.#random.int(0, this.#delayMilliseconds);
    const suffix = this.#random.int(0, 0xffff_ffff).toString(16).padStart(8, '0');
    this.shards.push(
      new Shard({
        ...props,
        id: `shardId-${String(this.#host.now).padStart(16, '0')}${String(number).padStart(4, '0')}-${suffix}`,
        listedAt: this.#host.now + delay,
      }),
    );
  }

  /** 21 to 30 digits: there is room to grow up to 40, and the numbers of different shards have nothing in common. */
  #freshStart(): bigint {
    const digits = this.#random.int(20, 29);
    return (
      BigInt(this.#random.int(1, 9)) * 10n ** BigInt(digits) + BigInt(this.#random.int(0, 1_000_000_000))
    );
  }

  /** Above the parent's numbers, now and then with a digit more. */
  #childStart({ last }: Shard): bigint {
    if (this.#host.dice.strikes('sequenceRestart')) return last / 10n;
    const longer = String(last).length < 39 && this.#random.chance(0.2);
    return (longer ? last * 10n : last) + BigInt(this.#random.int(1, 1_000_000));
  }

  #record({ key, before, after, byTimeToLive }: Write, sequence: string): _Record {
    const off = this.#host.dice.strikes('creationSecondOff') ? this.#random.pick([-1, 1]) : 0;
    const images = {
      ...(this.viewType.includes('OLD') && before ? { OldImage: before } : {}),
      ...(this.viewType.includes('NEW') && after ? { NewImage: after } : {}),
    };
    return {
      eventID: `${this.label}.${++this.#events}`,
      eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: REGION,
      dynamodb: {
        ApproximateCreationDateTime: new Date((Math.floor(this.#host.now / 1000) + off) * 1000),
        Keys: key,
        ...images,
        SequenceNumber: sequence,
        SizeBytes: Object.values(images).reduce((sum, image: Item) => sum + itemBytes(image), itemBytes(key)),
        StreamViewType: this.viewType,
      },
      ...(byTimeToLive ? { userIdentity: { PrincipalId: 'dynamodb.amazonaws.com', Type: 'Service' } } : {}),
    };
  }
}
