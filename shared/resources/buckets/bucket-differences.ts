import type { LookUps } from '../../checks.ts';
import { type BucketAccount, destinationList } from './bucket-account.ts';
import type { BucketSettingsLook } from './bucket-settings-look.ts';
import { encryptionText, lifecycleText, listText, presenceText, versioningText } from './setting-texts.ts';
import { carrySetting } from './user-commands.ts';

/** Something that is set at a bucket and does not go with its objects. */
interface Setting {
  readonly what: string;
  /** Its name in the AWS CLI. */
  readonly operation: string;
  readonly text: (bucket: string) => Promise<string>;
}

/** Where two buckets differ, as far as the account lets it be seen. */
export interface BucketDifferences {
  readonly notes: readonly string[];
  /** What the target lacks or has otherwise, with what carries it over. */
  readonly toDo: readonly string[];
}

/** @param bucket whose settings are those of the application, for whom the target is to be the same. */
export async function bucketDifferences(
  look: BucketSettingsLook,
  account: BucketAccount,
  lookUps: LookUps,
  { source, target }: { readonly source: string; readonly target: string },
): Promise<BucketDifferences> {
  if (source === target) return { notes: [], toDo: [] };
  const found: { readonly note: string; readonly toDo: string }[] = [];
  for (const { what, operation, text } of settingsOf(look, account)) {
    const [ours, theirs] = [
      await lookUps.ask(`${what} of ${source}`, () => text(source)),
      await lookUps.ask(`${what} of ${target}`, () => text(target)),
    ];
    if (ours === undefined || theirs === undefined || ours === theirs) continue;
    found.push({
      note: `${what}: ${ours} at ${source}, ${theirs} at ${target}`,
      toDo: `${what} of ${target}, as at ${source}: ${carrySetting(operation, source, target)}`,
    });
  }
  return { notes: found.map(({ note }) => note), toDo: found.map(({ toDo }) => toDo) };
}

function settingsOf(look: BucketSettingsLook, account: BucketAccount): readonly Setting[] {
  return [
    {
      what: 'versioning',
      operation: 'bucket-versioning',
      text: async (bucket) => versioningText(await look.versioning(bucket)),
    },
    {
      what: 'default encryption',
      operation: 'bucket-encryption',
      text: async (bucket) => encryptionText(await look.encryption(bucket)),
    },
    {
      what: 'lifecycle rules (an age counts from the copy on)',
      operation: 'bucket-lifecycle-configuration',
      text: async (bucket) => lifecycleText(await look.lifecycle(bucket)),
    },
    {
      what: 'bucket policy',
      operation: 'bucket-policy',
      text: async (bucket) => presenceText(withoutNames(await look.policy(bucket), bucket)),
    },
    {
      what: 'replication',
      operation: 'bucket-replication',
      text: async (bucket) => listText(await look.replication(bucket), 'rule'),
    },
    {
      what: 'website configuration',
      operation: 'bucket-website',
      text: async (bucket) => presenceText(await look.website(bucket)),
    },
    {
      what: 'cross-origin rules (CORS)',
      operation: 'bucket-cors',
      text: async (bucket) => listText(await look.cors(bucket), 'rule'),
    },
    {
      what: 'tags',
      operation: 'bucket-tagging',
      text: async (bucket) => listText(await look.tags(bucket), 'tag'),
    },
    {
      what: 'requester pays',
      operation: 'bucket-request-payment',
      text: async (bucket) => ((await look.requesterPays(bucket)) ? 'on' : 'off'),
    },
    {
      what: 'Object Lock (a default retention counts from the copy on)',
      operation: 'object-lock-configuration',
      text: async (bucket) => presenceText(await look.objectLock(bucket)),
    },
    {
      what: 'object ownership',
      operation: 'bucket-ownership-controls',
      text: (bucket) => look.ownership(bucket),
    },
    {
      what: 'Block Public Access',
      operation: 'public-access-block',
      text: async (bucket) => presenceText(await look.publicAccessBlock(bucket)),
    },
    {
      what: 'event notifications',
      operation: 'bucket-notification-configuration',
      text: async (bucket) =>
        listText(destinationList((await account.notifications(bucket)).destinations), 'destination'),
    },
  ];
}

/** Two policies that differ in nothing but the name of their bucket are the same. */
function withoutNames(document: string | undefined, bucket: string): string | undefined {
  return document?.replaceAll(`:s3:::${bucket}`, ':s3:::');
}
