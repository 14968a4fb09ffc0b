import { locationOf } from '../../bucket-location.ts';
import { isNamed } from '../../errors.ts';
import type { ResourceSettings, SeenSettings } from '../resource-kind.ts';
import { type BucketAccount, destinationList } from './bucket-account.ts';
import type { BoundBuckets } from './bucket-captures.ts';
import type { BucketSettingsLook } from './bucket-settings-look.ts';
import { encryptionText, lifecycleText, listText, versioningText } from './setting-texts.ts';

interface BucketSettingsProps {
  readonly account: BucketAccount;
  readonly look: BucketSettingsLook;
  readonly bound: BoundBuckets;
}

/** What others may set at a bucket. */
export class BucketSettings implements ResourceSettings {
  readonly #props: BucketSettingsProps;

  constructor(props: BucketSettingsProps) {
    this.#props = props;
  }

  async look(name: string): Promise<SeenSettings | undefined> {
    const { bucket } = locationOf(name);
    try {
      return await this.#seen(bucket);
    } catch (error) {
      if (isNamed(error, 'NoSuchBucket')) return undefined;
      throw error;
    }
  }

  async #seen(bucket: string): Promise<SeenSettings> {
    const { account, look } = this.#props;
    const { eventBridge, destinations } = await account.notifications(bucket);
    return {
      arn: `arn:aws:s3:::${bucket}`,
      // That of the objects is told with the lifecycle rules: it takes days.
      expiry: { on: false, attribute: '' },
      settings: {
        versioning: versioningText(await look.versioning(bucket)),
        encryption: encryptionText(await look.encryption(bucket)),
        'lifecycle rules': lifecycleText(await look.lifecycle(bucket)),
        'event notifications': listText(destinationList(destinations), 'destination'),
        ...(await this.#eventBridge(bucket, eventBridge !== undefined)),
      },
    };
  }

  /** Nothing is said of what is off because nobody is bound yet: that it goes on then is the migrator's doing. */
  async #eventBridge(bucket: string, isOn: boolean): Promise<Record<string, string>> {
    if (isOn) return { EventBridge: 'on' };
    if ((await this.#props.bound.of(bucket)).length === 0) return {};
    return {
      EventBridge:
        'off: no event tells of changes any more, and those that come are found by comparing alone',
    };
  }
}
