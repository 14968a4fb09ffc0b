import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { answerOf, type Observation } from './observation.ts';
import { createBucket } from './test-bucket.ts';

/** What becomes of an object of this key: written, copied from and copied to. */
export function keptKey(key: string, body = 'content'): Observation {
  return async (bench) => {
    const bucket = await createBucket(bench);
    const answer = await answerOf(bucket.put(key, body));
    const [listed] = await bucket.keys();
    if (listed === undefined) return answer;
    if (listed !== key) return `becomes ${listed}`;
    const from = await answerOf(bucket.copy(key, 'copied'));
    if (from !== 'done') return from;
    await bucket.put('source');
    await bucket.copy('source', key);
    return (await bucket.text('copied')) === body && (await bucket.text(key)) === 'source'
      ? 'kept'
      : 'not copied';
  };
}

/** Two keys of which the one looks like a folder of the other. */
export const keyBelowKey: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.put('a');
  return answerOf(bucket.put('a/b'));
};

/** Neither the order of a folder's files, nor that of the code units of UTF-16. */
const IN_ORDER = ['Z', 'a', 'a b', 'a!', 'a-b/c', 'a/b', 'a0', 'aa', 'e\u0301', '~', '\u00e9', '～', '😀'];

export const orderOfList: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  const keys = IN_ORDER.filter((key) => key !== 'a');
  for (const key of keys.toReversed()) await bucket.put(key);
  const listed = [await bucket.keys(), await bucket.keys({ MaxKeys: 2 })];
  return listed.every((order) => order.join() === keys.join()) ? 'by the bytes of UTF-8' : 'another one';
};

/** From each key on, and from keys that are not there. */
export const startOfList: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  const keys = IN_ORDER.filter((key) => key !== 'a');
  for (const key of keys) await bucket.put(key);
  for (const StartAfter of IN_ORDER) {
    const [first] = await bucket.keys({ StartAfter, MaxKeys: 1 });
    const next = IN_ORDER.slice(IN_ORDER.indexOf(StartAfter) + 1).find((key) => key !== 'a');
    if (first !== next) return `${first} after ${StartAfter}`;
  }
  return 'the next key';
};

export const encodingOfList: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.put('é%');
  const request = new ListObjectsV2Command({ Bucket: bucket.name, EncodingType: 'url' });
  const { Contents, EncodingType } = await bench.client.send(request);
  const encoding = EncodingType === 'url' ? 'says so' : 'does not say so';
  return `${Contents?.[0]?.Key === '%C3%A9%25' ? 'encodes' : 'does not encode'}, and ${encoding}`;
};
