import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { keyFromText } from '../../../shared/items.ts';
import { relativeKey } from '../../../shared/stores/s3/s3-key.ts';
import { type BucketStage, LOCATIONS } from '../bucket-stage.ts';
import type { ObjectTruth } from '../object-truth.ts';
import type { RouteWatch } from '../route-watch.ts';
import { Random } from '../world/random.ts';
import type { Task } from '../world/task.ts';

/** A key that the application knows nothing of. */
const STRAY_KEY = 'stray';
/** Nobody is accused in the seconds of a switch. */
const AFTER_SWITCH_MILLISECONDS = 4_000;

/**
 * Somebody who knows of no switch writes the side that was left. Nobody else is accused of it: neither the migrator,
 * whatever it carries back and however late it is told, nor a router whose request was on its way in time.
 */
export class ObjectStrays {
  readonly #stage: BucketStage;
  readonly #route: RouteWatch;
  readonly #truth: ObjectTruth;
  readonly #written = new Set<string>();

  constructor(stage: BucketStage, route: RouteWatch, truth: ObjectTruth) {
    this.#stage = stage;
    this.#route = route;
    this.#truth = truth;
  }

  /** An upload under a key of its own, and something else under one of the application's. */
  async write(task: Task): Promise<void> {
    const stage = this.#stage;
    const random = new Random(task.name).fork(String(stage.setting.keys));
    const { bucket: Bucket, prefix } = LOCATIONS[this.#route.passive];
    const client = stage.world.s3Client(task, { maxAttempts: 50 });
    await task.runtime.sleep(AFTER_SWITCH_MILLISECONDS + random.int(0, 20_000));
    const key = random.pick(stage.keys);
    const Key = `${prefix}${key}`;
    const CopySource = `${Bucket}/${prefix}${STRAY_KEY}`;
    this.#written.add(STRAY_KEY).add(key);
    await client.send(new PutObjectCommand({ Bucket, Key: `${prefix}${STRAY_KEY}`, Body: 'astray' }));
    if (random.chance(0.5)) await client.send(new DeleteObjectCommand({ Bucket, Key }));
    else await client.send(new CopyObjectCommand({ Bucket, Key, CopySource }));
    stage.count('stray write');
  }

  /** @param everyEvent whether every event has come, so that the upload must have been found. */
  assertListed(everyEvent: boolean): void {
    const listed = new Set(
      this.#stage.world
        .table('journal')
        .items()
        .filter(({ pk }) => pk?.S?.startsWith('list#m') && pk.S.includes('#stray#'))
        .map(({ key }) => relativeKey(keyFromText(key?.S ?? ''))),
    );
    for (const key of listed)
      if (!this.#written.has(key) && !this.#truth.tookEffectAway(key))
        this.#stage.violate(`a stray that is none was listed: "${key}"`);
    if (everyEvent && this.#written.has(STRAY_KEY) && !listed.has(STRAY_KEY))
      this.#stage.violate('a stray was not listed: an upload to the side that was left');
    if (listed.has(STRAY_KEY)) this.#stage.count('stray listed');
  }

  /** What was found is undone by whoever stands by. */
  assertUndone(): void {
    if (!this.areUndone) this.#stage.violate('a stray was not undone: there is a way back');
  }

  get areUndone(): boolean {
    const { bucket, prefix } = LOCATIONS[this.#route.passive];
    return !this.#stage.world.bucket(bucket).current(`${prefix}${STRAY_KEY}`);
  }
}
